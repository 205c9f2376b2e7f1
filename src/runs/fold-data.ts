import type { Split } from "../datasets/splits.ts";
import { wordInputs } from "../models/load-model.ts";
import type { Transcript } from "../models/example.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { Random } from "../shared/random.ts";
import { corruptWords } from "../text/corrupt-words.ts";
import { tokenize } from "../text/tokenize.ts";
import { Vocabulary } from "../text/vocabulary.ts";
import { withInputs, type ClipExample } from "./clip-example.ts";

/** The examples of one fold. */
export interface FoldData {
  readonly train: readonly ClipExample[];
  /** Of other corpora, beside the training split. */
  readonly extra: readonly ClipExample[];
  readonly validation: readonly ClipExample[];
  readonly test: readonly ClipExample[];
  /** The test split with simulated transcription errors, by the name of the robustness test. */
  readonly robustnessTests: ReadonlyMap<string, readonly ClipExample[]>;
  /** The words of the training split and extra data, where the model takes words. */
  readonly vocabulary?: Vocabulary;
}

interface FoldSource {
  readonly recipe: Recipe;
  readonly examples: ReadonlyMap<string, ClipExample>;
  /** Of other corpora, as this fold admits them. */
  readonly extra?: readonly ClipExample[];
  /** Speech without labels, as this fold admits it. */
  readonly ordinary?: readonly ClipExample[];
}

/** Returns the examples of a fold, with the ids of their words where they have some. */
export function foldData(split: Split, source: FoldSource): FoldData {
  const { recipe, examples } = source;
  const splitOf = (ids: readonly string[]): ClipExample[] => ids.map((id) => examples.get(id)!);
  const extra = weightedByCorpus(source.extra ?? [], recipe);
  const train = withOrdinarySpeech(
    weightedByCorpus(splitOf(split.train), recipe),
    source.ordinary ?? [],
    recipe.training.ordinarySpeechShare,
  );
  const vocabulary = train[0]?.transcript
    ? Vocabulary.learn(
        [...train, ...extra].map(({ transcript }) => transcript!.text),
        {
          minFrequency: recipe.words.minFrequency,
          largestSize: recipe.words.maxVocabularySize,
        },
      )
    : undefined;
  const withWords = (example: ClipExample): ClipExample =>
    vocabulary && example.transcript
      ? withInputs(example, wordInputs(vocabulary, example.transcript, recipe.words.length))
      : example;
  const test = splitOf(split.test);
  const robustnessTests = recipe.robustnessTests.map((condition): [string, ClipExample[]] => [
    condition.name,
    test.map((example) => withWords(corrupted(example, { condition, split, vocabulary }))),
  ]);
  return {
    train: train.map(withWords),
    extra: extra.map(withWords),
    validation: splitOf(split.validation).map(withWords),
    test: test.map(withWords),
    robustnessTests: new Map(robustnessTests),
    ...(vocabulary && { vocabulary }),
  };
}

function weightedByCorpus(examples: readonly ClipExample[], { training }: Recipe): ClipExample[] {
  return examples.map((example) => {
    const weight = training.corpusWeights[example.clip.corpus ?? ""];
    return weight === undefined ? example : { ...example, weight };
  });
}

/** Adds ordinary speech to a training split; its clips have `share` of the weight of all together. */
function withOrdinarySpeech(
  train: readonly ClipExample[],
  ordinary: readonly ClipExample[],
  share: number,
): ClipExample[] {
  const own = train.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const weight = (own * share) / (1 - share) / ordinary.length;
  return [...train, ...ordinary.map((example) => ({ ...example, weight }))];
}

interface Corruption {
  readonly condition: Recipe["robustnessTests"][number];
  readonly split: Pick<Split, "seed">;
  readonly vocabulary: Vocabulary | undefined;
}

function corrupted(
  example: ClipExample,
  { condition, split, vocabulary }: Corruption,
): ClipExample {
  if (!example.transcript) return example;
  const { name, missing, wordErrorRate } = condition;
  const random = new Random(split.seed, "condition", name, example.id);
  const { text, confidence } = example.transcript;
  let transcript: Transcript = { text: "", confidence: 0 };
  if (random.uniform() >= missing) {
    const words = corruptWords(tokenize(text), {
      wordErrorRate,
      vocabulary: vocabulary!.words,
      random,
    });
    transcript = { text: words.join(" "), confidence: confidence * (1 - wordErrorRate) };
  }
  return { ...example, transcript };
}
