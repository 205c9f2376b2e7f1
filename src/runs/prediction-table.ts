import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";
import { csvRow } from "../shared/csv.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import { retrained } from "./run-folder.ts";

/** Predictions of the clips that a fold's model was not trained on. */
export interface HeldOut<P> {
  readonly validation: readonly P[];
  readonly test: readonly P[];
}

/** Whose clip was predicted. */
interface PredictedClip {
  readonly id: string;
  readonly speakerId: string;
  readonly sex?: "female" | "male";
}

/** What a `predictions.csv` has behind the columns of the clip. */
interface TableColumns<P> {
  readonly columns: readonly string[];
  readonly cells: (prediction: P) => readonly (string | number)[];
}

const clipColumns = ["split", "id", "speakerId", "sex"] as const;

/** The cells of a clip, to begin a row's schema with. */
export const clipCells = [
  z.enum(["validation", "test"]),
  z.string().min(1),
  z.string().min(1),
  z.enum(["female", "male", ""]),
] as const;

const fileOf = (foldFolder: string): string => join(foldFolder, "predictions.csv");

/** Returns the nine digits that tell any two float32 apart. */
const nineDigits = (value: number): number => Number(value.toPrecision(9));

/** Writes `predictions.csv` of a fold, one clip a row. @throws UndertoneError `disk-full` */
export async function writePredictionTable<P extends PredictedClip>(
  foldFolder: string,
  predictions: HeldOut<P>,
  { columns, cells }: TableColumns<P>,
): Promise<void> {
  const rows = (["validation", "test"] as const).flatMap((split) =>
    predictions[split].map((prediction) => {
      const { id, speakerId, sex = "" } = prediction;
      const values = cells(prediction).map((cell) =>
        typeof cell === "number" ? nineDigits(cell) : cell,
      );
      return csvRow([split, id, speakerId, sex, ...values]);
    }),
  );
  const header = csvRow([...clipColumns, ...columns]);
  await writeFileAtomically(fileOf(foldFolder), header + rows.join(""));
}

/**
 * Reads `predictions.csv` of a fold; behind the columns of the clip it must have `columns`, in that order.
 * @throws UndertoneError `file-not-found`, or `run-invalid` naming the line
 */
export async function readPredictionTable<P extends PredictedClip>(
  foldFolder: string,
  columns: readonly string[],
  rowSchema: z.ZodType<{ readonly split: string; readonly prediction: P }>,
): Promise<HeldOut<P>> {
  const path = fileOf(foldFolder);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw fileError(path, error);
  });
  const [header = [], ...rows] = parseRows(path, text);
  const expected = [...clipColumns, ...columns].join(",");
  if (header.join(",") !== expected) {
    throw new UndertoneError("run-invalid", `${path}: the first line must be ${expected}`);
  }
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
  const of = (split: string): P[] =>
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
