import { z } from "zod";
import { emotions } from "../../shared/emotions.ts";
import { readTable, tableError } from "../table.ts";
import type { LabeledText, Side } from "./text-corpus.ts";

const sideNames: Readonly<Record<string, Side>> = {
  train: "train",
  validation: "validation",
  val: "validation",
  dev: "validation",
  test: "test",
};

/** Columns of a corpus's own table; others are ignored. */
const rowSchema = z.object({
  text: z.string(),
  emotion: z.string().min(1, "is empty"),
  speaker: z.union([z.string(), z.number().transform(String)]).optional(),
  side: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["", ...Object.keys(sideNames)], "is none of train, validation, test"))
    .optional(),
});

/**
 * Reads a CSV or JSON Lines file with the columns `text` and `emotion`, and optionally `speaker` and
 * `side` (on every row or on none).
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readTextTable(path: string): Promise<LabeledText[]> {
  let sided: boolean | undefined;
  return (await readTable(path)).map(({ line, values }) => {
    const parsed = rowSchema.safeParse(values);
    if (!parsed.success) {
      const { path: place, message } = parsed.error.issues[0]!;
      const column = place.join(".");
      const needed = `Needed: text, emotion (${emotions.join(", ")}).`;
      const problem = column in values ? `column "${column}" ${message}` : `has no "${column}"`;
      throw tableError(path, line, `${problem}. ${needed}`);
    }
    const { text, emotion, speaker, side: sideName = "" } = parsed.data;
    const side = sideNames[sideName];
    sided ??= side !== undefined;
    if (sided !== (side !== undefined)) {
      throw tableError(path, line, 'column "side": give every row one, or none.');
    }
    const id = String(line);
    return { id, text, labels: [emotion], speakerId: speaker || id, ...(side && { side }) };
  });
}
