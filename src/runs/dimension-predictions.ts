import { z } from "zod";
import type { DimensionPrediction } from "../evaluation/dimension-evaluation.ts";
import {
  clipCells,
  readPredictionTable,
  writePredictionTable,
  type HeldOut,
} from "./prediction-table.ts";

const columnsOf = (names: readonly string[]): string[] => [
  ...names.map((name) => `true_${name}`),
  ...names.map((name) => `predicted_${name}`),
];

/** Writes `predictions.csv` of a fold: true values on these dimensions, then predicted ones. @throws UndertoneError `disk-full` */
export async function writeDimensionPredictions(
  foldFolder: string,
  names: readonly string[],
  predictions: HeldOut<DimensionPrediction>,
): Promise<void> {
  await writePredictionTable(foldFolder, predictions, {
    columns: columnsOf(names),
    cells: ({ actual, predicted }) => [...actual, ...predicted],
  });
}

/** Reads `predictions.csv` of a fold on these dimensions. @throws UndertoneError `file-not-found`, or `run-invalid` naming the line */
export async function readDimensionPredictions(
  foldFolder: string,
  names: readonly string[],
): Promise<HeldOut<DimensionPrediction>> {
  return readPredictionTable(foldFolder, columnsOf(names), rowOf(names.length));
}

function rowOf(dimensions: number) {
  const value = z.string().nonempty().transform(Number).pipe(z.number());
  return z.tuple(clipCells, value).transform(([split, id, speakerId, sex, ...values], context) => {
    if (values.length !== 2 * dimensions) {
      context.addIssue(`needs ${2 * dimensions} values`);
      return z.NEVER;
    }
    const prediction: DimensionPrediction = {
      id,
      speakerId,
      ...(sex !== "" && { sex }),
      actual: values.slice(0, dimensions),
      predicted: values.slice(dimensions),
    };
    return { split, prediction };
  });
}
