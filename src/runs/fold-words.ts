import { wordInputs, type Transcript } from "../models/example.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { Random } from "../shared/random.ts";
import { corruptWords } from "../text/corrupt-words.ts";
import { tokenize } from "../text/tokenize.ts";
import { Vocabulary } from "../text/vocabulary.ts";
import { withInputs, type ClipExample } from "./clip-example.ts";
import type { FoldData } from "./fold-data.ts";

interface WordOptions {
  readonly recipe: Recipe;
  /** Of the simulated transcription errors. */
  readonly seed: number;
}

/** Returns the examples of a fold with the ids of their words, and its test split in each robustness test. */
export function withWords(
  { train, extra, notSpeech, validation, test }: Omit<FoldData, "robustnessTests">,
  { recipe: { words, robustnessTests }, seed }: WordOptions,
): FoldData {
  const vocabulary = Vocabulary.learn(
    [...train, ...extra].map(({ transcript }) => transcript!.text),
    { minFrequency: words.minFrequency, largestSize: words.maxVocabularySize },
  );
  const withIds = (example: ClipExample): ClipExample =>
    example.transcript
      ? withInputs(example, wordInputs(vocabulary, example.transcript, words.length))
      : example;
  const tests = robustnessTests.map((condition): [string, ClipExample[]] => [
    condition.name,
    test.map((example) => withIds(corrupted(example, { condition, seed, vocabulary }))),
  ]);
  return {
    train: train.map(withIds),
    extra: extra.map(withIds),
    notSpeech,
    validation: validation.map(withIds),
    test: test.map(withIds),
    robustnessTests: new Map(tests),
    vocabulary,
  };
}

interface Corruption {
  readonly condition: Recipe["robustnessTests"][number];
  readonly seed: number;
  readonly vocabulary: Vocabulary;
}

function corrupted(example: ClipExample, { condition, seed, vocabulary }: Corruption): ClipExample {
  if (!example.transcript) return example;
  const { name, missing, wordErrorRate } = condition;
  const random = new Random(seed, "condition", name, example.id);
  const { text, confidence } = example.transcript;
  let transcript: Transcript = { text: "", confidence: 0 };
  if (random.uniform() >= missing) {
    const words = corruptWords(tokenize(text), {
      wordErrorRate,
      vocabulary: vocabulary.words,
      random,
    });
    transcript = { text: words.join(" "), confidence: confidence * (1 - wordErrorRate) };
  }
  return { ...example, transcript };
}
