import { scoresByDimension, type DimensionPrediction } from "../evaluation/dimension-evaluation.ts";
import type { DimensionScores } from "../evaluation/metrics.ts";
import { meanConcordance } from "../evaluation/regression.ts";
import type { DimensionScale } from "../shared/dimensions.ts";
import type { Scores } from "../training/train.ts";
import type { ClipExample } from "./clip-example.ts";
import { writeDimensionPredictions } from "./dimension-predictions.ts";
import type { FoldData } from "./fold-data.ts";

/** One value a split that has clips. */
type BySplit<T> = Readonly<Record<"validation" | "test", T | undefined>>;

/** What a fold's model of dimensions reached. */
interface DimensionOutcome {
  /** The loss is 1 − mean CCC. */
  readonly scores: BySplit<Scores>;
  /** By the name of the dimension. */
  readonly dimensionScores: BySplit<Readonly<Record<string, DimensionScores>>>;
  /** Of validation, then test. */
  readonly predictions: readonly DimensionPrediction[];
}

/** Predicts the validation and test splits of a fold and writes the predictions. @throws UndertoneError `disk-full` */
export async function evaluateDimensionFold(
  folder: string,
  { data, dimensions }: { readonly data: FoldData; readonly dimensions: readonly DimensionScale[] },
  predict: (examples: readonly ClipExample[]) => Promise<readonly (readonly number[])[]>,
): Promise<DimensionOutcome> {
  const predictionsOf = async (
    examples: readonly ClipExample[],
  ): Promise<DimensionPrediction[]> => {
    const rows = await predict(examples);
    return examples.map(({ clip: { id, speakerId, sex }, dimensions: actual }, row) => ({
      id,
      speakerId,
      ...(sex !== undefined && { sex }),
      actual: actual!,
      predicted: rows[row]!,
    }));
  };
  const validation = await predictionsOf(data.validation);
  const test = await predictionsOf(data.test);
  const names = dimensions.map(({ name }) => name);
  await writeDimensionPredictions(folder, names, { validation, test });
  const bySplit = <T>(valueOf: (clips: readonly DimensionPrediction[]) => T): BySplit<T> => ({
    validation: validation.length > 0 ? valueOf(validation) : undefined,
    test: test.length > 0 ? valueOf(test) : undefined,
  });
  return {
    scores: bySplit((clips) => ({ loss: 1 - meanConcordance(clips, names.length) })),
    dimensionScores: bySplit((clips) => scoresByDimension(clips, names)),
    predictions: [...validation, ...test],
  };
}
