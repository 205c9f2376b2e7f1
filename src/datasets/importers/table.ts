import { dirname, resolve } from "node:path";
import { z } from "zod";
import { emotions, parseEmotion } from "../../shared/emotions.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { Clip, LeftOut, Sex } from "../manifest.ts";
import { readTable, tableError, type TableRow } from "../table.ts";

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === "" ? undefined : text));

/** Columns of a corpus's own table; others are ignored. */
const rowSchema = z.object({
  path: z.string().min(1, "is empty"),
  emotion: z.string().min(1, "is empty"),
  speaker: z.union([z.string().min(1, "is empty"), z.number().transform(String)]),
  transcript: optionalText,
  side: z
    .enum(["", "train", "validation", "test"], "is neither train, validation nor test")
    .transform((side) => (side === "" ? undefined : side))
    .optional(),
  sex: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["", "f", "female", "m", "male"], "is neither female nor male"))
    .transform((text): Sex | undefined =>
      text === "" ? undefined : text.startsWith("f") ? "female" : "male",
    )
    .optional(),
});

/**
 * Reads a CSV or JSON Lines file with the columns `path`, `emotion` and `speaker`, and optionally
 * `transcript`, `sex` and `side` (train, validation or test). Paths are relative to the file. Emotions other than our eight are counted.
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readTableCorpus(
  path: string,
): Promise<{ clips: Clip[]; leftOut: LeftOut[] }> {
  const rows = await readTable(path);
  if (rows.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: holds no rows. Name clips in it.`);
  }
  const clips = new Map<string, Clip>();
  const unknown = new Map<string, number>();
  for (const row of rows) {
    const clip = readRow(path, row);
    if (typeof clip === "string") {
      unknown.set(clip, (unknown.get(clip) ?? 0) + 1);
      continue;
    }
    if (clips.has(clip.path)) throw tableError(path, row.line, `names ${clip.id} a second time.`);
    clips.set(clip.path, clip);
  }
  return {
    clips: [...clips.values()],
    leftOut: [...unknown].map(([word, count]) => ({ reason: `emotion "${word}"`, count })),
  };
}

/** A clip, or the word for an emotion that is none of ours. */
function readRow(table: string, { line, values }: TableRow): Clip | string {
  const parsed = rowSchema.safeParse(values);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const column = path.join(".");
    const problem = column in values ? `column "${column}" ${message}` : missing(column);
    throw tableError(table, line, `${problem}.`);
  }
  const { path, emotion: word, speaker, transcript, sex, side } = parsed.data;
  const emotion = parseEmotion(word);
  if (!emotion) return word;
  return {
    id: path,
    path: resolve(dirname(table), path),
    emotion,
    speakerId: speaker,
    ...(sex && { sex }),
    ...(transcript !== undefined && { transcript }),
    ...(side && { side }),
  };
}

const missing = (column: string): string =>
  `has no "${column}". Needed: path, emotion (${emotions.join(", ")}), speaker`;
