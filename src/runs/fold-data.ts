import type { Split } from "../datasets/splits.ts";
import { Random } from "../shared/random.ts";
import { corruptWords } from "../text/corrupt-words.ts";
import { tokenize } from "../text/tokenize.ts";
import { Vocabulary } from "../text/vocabulary.ts";
import type { Example, FoldExamples, Inputs } from "./examples.ts";
import type { Material, Transcript } from "./material.ts";
import type { Recipe } from "./recipe.ts";

/** What one fold trains on and is judged by. */
export interface FoldData {
  readonly examples: FoldExamples;
  /** The test side under each condition of the recipe, by its name. */
  readonly robustnessTests: ReadonlyMap<string, readonly Example[]>;
  /** The words of the training side, where the recipe has words. */
  readonly vocabulary?: Vocabulary;
}

interface FoldSource {
  readonly recipe: Recipe;
  readonly labels: readonly string[];
  /** By the utterance's id. */
  readonly materials: ReadonlyMap<string, Material>;
  /** Of other corpora, as this fold admits them. */
  readonly companions?: readonly Material[];
  /** What a teacher says of the training side and of companions, by the utterance's id. */
  readonly taught?: ReadonlyMap<string, Float32Array>;
}

/** The examples of a fold; its vocabulary is learned on its training side and companions alone. */
export function foldData(split: Split, source: FoldSource): FoldData {
  const { recipe, labels, materials, companions = [], taught } = source;
  const side = (ids: readonly string[]): Material[] => ids.map((id) => materials.get(id)!);
  const [train, validation, test] = [side(split.train), side(split.validation), side(split.test)];
  const vocabulary = train[0]?.transcript
    ? Vocabulary.learn(
        [...train, ...companions].map(({ transcript }) => transcript!.text),
        {
          minFrequency: recipe.words.minFrequency,
          largestSize: recipe.words.maxVocabularySize,
        },
      )
    : undefined;
  const exampleOf = (material: Material): Example => {
    const words = wordInputs(material.transcript, recipe.words.length, vocabulary);
    const [original, ...changed] = material.sounds;
    return {
      utterance: material.utterance,
      variants: [{ ...original, ...words }, ...changed.map((sound) => ({ ...sound, ...words }))],
      label: labels.indexOf(material.utterance.emotion),
    };
  };
  const taughtExampleOf = (material: Material): Example => {
    const answer = taught?.get(material.utterance.id);
    return { ...exampleOf(material), ...(answer && { taught: answer }) };
  };
  const robustnessTests = recipe.robustnessTests.map((condition): [string, Example[]] => [
    condition.name,
    test.map((material) =>
      exampleOf({
        ...material,
        ...(material.transcript && {
          transcript: worsened(material, { condition, seed: split.seed, vocabulary }),
        }),
      }),
    ),
  ]);
  return {
    examples: {
      train: train.map(taughtExampleOf),
      companions: companions.map(taughtExampleOf),
      validation: validation.map(exampleOf),
      test: test.map(exampleOf),
    },
    robustnessTests: new Map(robustnessTests),
    ...(vocabulary && { vocabulary }),
  };
}

/** An utterance of which no word was understood counts as one without a transcript. */
function wordInputs(
  transcript: Transcript | undefined,
  length: number,
  vocabulary: Vocabulary | undefined,
): Inputs {
  if (!transcript || !vocabulary) return {};
  const words = vocabulary.ids(transcript.text, length);
  return { words, wordConfidence: Float32Array.of(words[0]! > 0 ? transcript.confidence : 0) };
}

interface Worsening {
  readonly condition: Recipe["robustnessTests"][number];
  readonly seed: number;
  readonly vocabulary: Vocabulary | undefined;
}

function worsened({ utterance, transcript }: Material, worsening: Worsening): Transcript {
  const { condition, seed, vocabulary } = worsening;
  const { name, missing, wordErrorRate } = condition;
  const random = new Random(seed, "condition", name, utterance.id);
  if (random.uniform() < missing) return { text: "", confidence: 0 };
  const { text, confidence } = transcript!;
  const heard = corruptWords(tokenize(text), {
    wordErrorRate,
    vocabulary: vocabulary!.words,
    random,
  });
  return { text: heard.join(" "), confidence: confidence * (1 - wordErrorRate) };
}
