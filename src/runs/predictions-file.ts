import { z } from "zod";
import type { Prediction } from "../evaluation/prediction.ts";
import {
  clipCells,
  readPredictionTable,
  writePredictionTable,
  type HeldOut,
} from "./prediction-table.ts";

const columnsOf = (labels: readonly string[]): string[] => [
  "actual",
  ...labels.map((label) => `p_${label}`),
];

/**
 * Writes `predictions.csv` of a fold, before calibration: `actual` as the label's name, then probabilities.
 * @throws UndertoneError `disk-full`
 */
export async function writePredictions(
  foldFolder: string,
  labels: readonly string[],
  predictions: HeldOut<Prediction>,
): Promise<void> {
  await writePredictionTable(foldFolder, predictions, {
    columns: columnsOf(labels),
    cells: ({ actual, probabilities }) => [labels[actual]!, ...probabilities],
  });
}

/**
 * Reads `predictions.csv` of a fold; its label columns must be `labels`, in that order.
 * @throws UndertoneError `file-not-found`, or `run-invalid` naming the line
 */
export async function readPredictions(
  foldFolder: string,
  labels: readonly string[],
): Promise<HeldOut<Prediction>> {
  return readPredictionTable(foldFolder, columnsOf(labels), rowOf(labels));
}

function rowOf(labels: readonly string[]) {
  const probability = z.string().nonempty().transform(Number).pipe(z.number().min(0).max(1));
  return z
    .tuple([...clipCells, z.enum(labels)], probability)
    .transform(([split, id, speakerId, sex, actual, ...probabilities], context) => {
      const sum = probabilities.reduce((total, p) => total + p, 0);
      if (probabilities.length !== labels.length || Math.abs(sum - 1) > 1e-3) {
        context.addIssue(`needs ${labels.length} probabilities that sum to 1, sum is ${sum}`);
        return z.NEVER;
      }
      const prediction: Prediction = {
        id,
        speakerId,
        ...(sex !== "" && { sex }),
        actual: labels.indexOf(actual),
        probabilities,
      };
      return { split, prediction };
    });
}
