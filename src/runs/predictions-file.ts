import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import type { Prediction } from "../evaluation/prediction.ts";
import { csvRow } from "../shared/csv.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import { retrained } from "./run-folder.ts";

/** Predictions of the clips that a fold's model was not trained on, before calibration. */
export interface FoldPredictions {
  readonly validation: readonly Prediction[];
  readonly test: readonly Prediction[];
}

const fileOf = (foldFolder: string): string => join(foldFolder, "predictions.csv");

const headerOf = (labels: readonly string[]): string[] =>
  ["split", "id", "speakerId", "sex", "actual"].concat(labels.map((label) => `p_${label}`));

/**
 * Writes `predictions.csv` of a fold, one clip a row, `actual` as the label's name; probabilities keep
 * the nine digits that tell any two float32 apart.
 * @throws UndertoneError `disk-full`, `file-unreadable`
 */
export async function writePredictions(
  foldFolder: string,
  labels: readonly string[],
  predictions: FoldPredictions,
): Promise<void> {
  const rows = (["validation", "test"] as const).flatMap((split) =>
    predictions[split].map(({ id, speakerId, sex, actual, probabilities }) =>
      csvRow(
        [split, id, speakerId, sex ?? "", labels[actual]!].concat(
          probabilities.map((probability) => String(Number(probability.toPrecision(9)))),
        ),
      ),
    ),
  );
  await writeFileAtomically(fileOf(foldFolder), csvRow(headerOf(labels)) + rows.join(""));
}

/**
 * Reads `predictions.csv` of a fold; its label columns must be `labels`, in that order.
 * @throws UndertoneError `file-not-found`, or `run-invalid` naming the line
 */
export async function readPredictions(
  foldFolder: string,
  labels: readonly string[],
): Promise<FoldPredictions> {
  const path = fileOf(foldFolder);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw fileError(path, error);
  });
  const [header = [], ...rows] = parseRows(path, text);
  const expected = headerOf(labels).join(",");
  if (header.join(",") !== expected) {
    throw new UndertoneError("run-invalid", `${path}: the first line must be ${expected}`);
  }
  const rowSchema = rowOf(labels);
  const parsed = rows.map((row, index) => {
    const result = rowSchema.safeParse(row);
    if (result.success) return result.data;
    throw new UndertoneError(
      "run-invalid",
      `${path}, line ${index + 2} is no prediction: ${problemOf(result.error, row, header)} ${retrained(foldFolder)}`,
      { cause: result.error },
    );
  });
  const seen = new Set<string>();
  for (const [index, { split, prediction }] of parsed.entries()) {
    const key = `${split} ${prediction.id}`;
    if (seen.has(key)) {
      const message = `${path}, line ${index + 2}: ${prediction.id} is twice in the ${split} split.`;
      throw new UndertoneError("run-invalid", message);
    }
    seen.add(key);
  }
  const of = (split: string): Prediction[] =>
    parsed.filter((row) => row.split === split).map(({ prediction }) => prediction);
  return { validation: of("validation"), test: of("test") };
}

function parseRows(path: string, text: string): string[][] {
  try {
    return parse(text, { relax_column_count: true, skip_empty_lines: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new UndertoneError("run-invalid", `${path}: ${cause.message}.`, { cause });
  }
}

/** The first thing that is wrong with a row, in words of the table. */
function problemOf(
  { issues: [first] }: z.ZodError,
  row: readonly string[],
  header: readonly string[],
): string {
  if (row.length !== header.length) {
    return `it has ${row.length} of ${header.length} columns: the file was truncated.`;
  }
  const column = first?.path[0];
  return column === undefined ? first!.message : `${header[Number(column)]}: ${first!.message}`;
}

function rowOf(labels: readonly string[]) {
  const probability = z.string().nonempty().transform(Number).pipe(z.number().min(0).max(1));
  return z
    .tuple(
      [
        z.enum(["validation", "test"]),
        z.string().min(1),
        z.string().min(1),
        z.enum(["female", "male", ""]),
        z.enum(labels),
      ],
      probability,
    )
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
