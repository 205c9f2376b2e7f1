import { cutModel } from "../../graph/cut.ts";
import { emitModel } from "../../graph/emit.ts";
import type { ModelPart } from "../../graph/join.ts";
import { padAfter, sliceBetween } from "../../graph/operators/any-length.ts";
import { cast, divide, multiply, sqrt, subtract } from "../../graph/operators/arithmetic.ts";
import { reduceSum, reduceSumSquare } from "../../graph/operators/reduce.ts";
import { input, integers, node } from "../../graph/tensor.ts";
import { upgradeAxes } from "../../graph/upgrade.ts";
import type { SentenceModelCard } from "../model-card.ts";
import { longestSentence, sentenceWidths } from "../sentence-encoders.ts";

/** Names of the inputs of a model over a sentence encoder, both int64 [batch, tokens] of any length. */
export const tokenInputs = { ids: "input_ids", mask: "attention_mask" } as const;

const states = "last_hidden_state";

/** Shapes of tensors that are given are examples. */
const given = (name: string) => input(name, [1, longestSentence], "int64");

/** Returns the parts from `input_ids` and `attention_mask` to `sentence` [batch, width], as `SentenceEncoder` has it. */
export function sentenceParts(
  { name }: SentenceModelCard["sentenceEncoder"],
  file: Uint8Array,
): ModelPart[] {
  const ids = given(tokenInputs.ids);
  const prepared = emitModel({
    outputs: { token_type_ids: subtract(ids, ids), shown: cast(given(tokenInputs.mask)) },
    freeBatch: true,
  });
  const width = sentenceWidths[name];
  const shown = node("Unsqueeze", [input("shown", [1, longestSentence]), integers([2])], {
    shape: [1, longestSentence, 1],
  });
  const sum = reduceSum(multiply(input(states, [1, longestSentence, width]), shown), { axes: [1] });
  const length = sqrt(reduceSumSquare(sum, { axes: [1], keepAxes: true }));
  const vector = emitModel({ outputs: { sentence: divide(sum, length) }, freeBatch: true });
  return [prepared, upgradeAxes(cutModel(file, [states])), vector].map((bytes) => ({ bytes }));
}

/** Returns the part from `input_ids` and `attention_mask` to the first `subwords` [batch, length], 0 behind the last. */
export function subwordsPart(length: number): ModelPart {
  const ids = cast(multiply(given(tokenInputs.ids), given(tokenInputs.mask)));
  const padded = padAfter(ids, {
    axis: 1,
    count: integers([length]),
    length: longestSentence + length,
  });
  const range = { axis: 1, start: integers([0]), end: integers([length]), length };
  const bytes = emitModel({ outputs: { subwords: sliceBetween(padded, range) }, freeBatch: true });
  return { bytes };
}
