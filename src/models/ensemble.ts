import { emitModel } from "../graph/emit.ts";
import { joinModels, type ModelPart } from "../graph/join.ts";
import { softmax } from "../graph/operators/activation.ts";
import { add, clampBelow, log, multiply } from "../graph/operators/arithmetic.ts";
import { concatenate, slice } from "../graph/operators/layout.ts";
import { input, scalar, type Tensor } from "../graph/tensor.ts";
import { UndertoneError } from "../shared/errors.ts";
import { encoderInputs, encoderShapes, type EncoderLayers } from "./encoder-layers.ts";
import { cardKey, readModelCard, type ModelCard } from "./model-card.ts";

/** A model of an ensemble, as its file has it. */
interface Member {
  readonly bytes: Uint8Array;
  readonly card: ModelCard;
}

type EnsembleCard = Pick<ModelCard, "name" | "temperature" | "neutral" | "ordinary" | "provenance">;

/** How the members' probabilities are averaged. */
interface EnsembleRule {
  /** Whether probabilities are averaged, or their logarithms. */
  readonly of: "probabilities" | "logits";
  /** Of each member, to a sum of 1; alike by default. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Returns one file with the weighted mean of several models' probabilities, each at its own temperature, at a temperature of
 * the whole. An encoder that several use runs once. `distance` is that of the first member which gives one.
 * @throws UndertoneError `model-invalid` for models that take words, or of other labels or other windows
 * @see Lakshminarayanan et al. 2017, Deep Ensembles
 */
export function exportEnsemble(
  files: readonly Uint8Array[],
  rule: EnsembleRule,
  card: EnsembleCard,
): Uint8Array {
  const members = files.map((bytes) => ({ bytes, card: readModelCard(bytes) }));
  const { labels, sampleRate, windowSec, window, descriptors } = sharedCard(members);
  const encoders = allEncoders(members);
  const distant = members.find(({ card: { distances, notSpeech } }) => distances ?? notSpeech);
  const whole = {
    ...card,
    labels,
    sampleRate,
    windowSec,
    window,
    ...(descriptors && { descriptors }),
    ...(encoders.length > 0 && { encoders }),
    ...(distant?.card.distances && { distances: distant.card.distances }),
    ...(distant?.card.notSpeech && { notSpeech: distant.card.notSpeech }),
  };
  const parts = members.flatMap((member, index) => {
    const outputs = new Map([["probabilities", outputOf(index)]]);
    if (member !== distant) outputs.set("distance", `${index}.distance`);
    return memberParts(member, { index, encoders, outputs });
  });
  const weights = rule.weights ?? members.map(() => 1 / members.length);
  return joinModels([...parts, averagePart({ of: rule.of, weights }, whole)], {
    outputs: distant ? ["probabilities", "distance"] : ["probabilities"],
    metadata: { [cardKey]: JSON.stringify(whole) },
  });
}

const outputOf = (member: number): string => `${member}.probabilities`;

/** What members must agree in. */
const essence = ({ labels, sampleRate, windowSec, window, descriptors }: ModelCard): string =>
  JSON.stringify({ labels, sampleRate, windowSec, window, descriptors });

/**
 * Returns the first member's model card, with the descriptors that any takes.
 * @throws UndertoneError `model-invalid` when another disagrees with it
 */
function sharedCard(members: readonly Member[]): ModelCard {
  const descriptors = members.find(({ card }) => card.descriptors)?.card.descriptors;
  const [first, ...others] = members.map(({ card }) => ({ descriptors, ...card }));
  const reader = [first!, ...others].find(({ words }) => words);
  const other = others.find((card) => essence(card) !== essence(first!));
  if (!reader && !other) return first!;
  const problem = reader
    ? `${reader.name} takes words`
    : `${first!.name} and ${other!.name} have other labels or other windows of sound`;
  throw new UndertoneError("model-invalid", `These models do not fit into one file: ${problem}.`);
}

/** Returns each encoder with all its layers that a member takes. */
function allEncoders(members: readonly Member[]): EncoderLayers[] {
  const layers = new Map<EncoderLayers["name"], Set<number>>();
  for (const selection of members.flatMap(({ card: { encoders = [] } }) => encoders)) {
    const known = layers.get(selection.name) ?? new Set();
    for (const layer of selection.layers) known.add(layer);
    layers.set(selection.name, known);
  }
  return [...layers].map(([name, known]) => ({ name, layers: [...known] }));
}

interface Place {
  readonly index: number;
  readonly encoders: readonly EncoderLayers[];
  /** What its outputs are called in the whole. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** A member, and before it what picks its layers of an encoder of which others take more. */
function memberParts({ bytes, card }: Member, { index, encoders, outputs }: Place): ModelPart[] {
  const names = new Map(outputs);
  const picked: Record<string, Tensor> = {};
  for (const own of card.encoders ?? []) {
    const all = encoders.find(({ name }) => name === own.name)!;
    if (all.layers.join() === own.layers.join()) continue;
    const { hidden } = encoderInputs(own.name);
    const name = `${index}.${hidden}`;
    names.set(hidden, name);
    picked[name] = pickedLayers(own.layers, { all, longestSec: card.windowSec });
  }
  const member = { bytes, names };
  if (Object.keys(picked).length === 0) return [member];
  const picking = emitModel({ outputs: picked, freeBatch: true });
  return [{ bytes: picking }, member];
}

/** [batch, frames, layers, width] of the layers that a member takes. */
function pickedLayers(
  layers: readonly number[],
  { all, longestSec }: { readonly all: EncoderLayers; readonly longestSec: number },
): Tensor {
  const { hidden } = encoderInputs(all.name);
  const shapes = encoderShapes({ encoders: [{ ...all, tuned: 0 }], longestSec });
  const given = input(hidden, [1, ...shapes[hidden]!]);
  return concatenate(
    layers.map((layer) => {
      const start = all.layers.indexOf(layer);
      return slice(given, { axis: 2, start, end: start + 1 });
    }),
    2,
  );
}

/** The weighted mean of the members' outputs, at a temperature. */
function averagePart(
  { of, weights }: { readonly of: EnsembleRule["of"]; readonly weights: readonly number[] },
  { labels, temperature }: Pick<ModelCard, "labels" | "temperature">,
): ModelPart {
  const terms = weights.map((weight, index) => {
    const probabilities = input(outputOf(index), [1, labels.length]);
    const term = of === "logits" ? logOf(probabilities) : probabilities;
    return multiply(term, scalar(weight));
  });
  const sum = terms.reduce(add);
  const logits = of === "logits" ? sum : logOf(sum);
  const probabilities = softmax(multiply(logits, scalar(1 / temperature)));
  return {
    bytes: emitModel({ outputs: { probabilities }, freeBatch: true }),
  };
}

const logOf = (probabilities: Tensor): Tensor => log(clampBelow(probabilities, Number.EPSILON));
