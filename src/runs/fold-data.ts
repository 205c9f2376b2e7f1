import type { Split } from "../datasets/splits.ts";
import type { Recipe } from "../recipes/recipe.ts";
import type { Vocabulary } from "../text/vocabulary.ts";
import type { ClipExample } from "./clip-example.ts";

/** The examples of one fold. */
export interface FoldData {
  readonly train: readonly ClipExample[];
  /** Of other corpora, beside the training split. */
  readonly extra: readonly ClipExample[];
  /** Sounds in which nobody speaks, without a label. */
  readonly notSpeech: readonly ClipExample[];
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
  readonly notSpeech?: readonly ClipExample[];
}

/** Resolves to the examples of a fold, with the ids of their words where they have some. */
export async function foldData(split: Split, source: FoldSource): Promise<FoldData> {
  const { recipe, examples } = source;
  const splitOf = (ids: readonly string[]): ClipExample[] => ids.map((id) => examples.get(id)!);
  const data = {
    train: withOrdinarySpeech(
      weightedByCorpus(splitOf(split.train), recipe),
      source.ordinary ?? [],
      recipe.training.ordinarySpeechShare,
    ),
    extra: weightedByCorpus(source.extra ?? [], recipe),
    notSpeech: source.notSpeech ?? [],
    validation: splitOf(split.validation),
    test: splitOf(split.test),
    robustnessTests: new Map(),
  };
  if (!data.train[0]?.transcript) return data;
  const { withWords } = await import("./fold-words.ts");
  return withWords(data, { recipe, seed: split.seed });
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
