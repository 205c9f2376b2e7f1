import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { readTable, readText, tableError, type TableRow } from "../datasets/table.ts";
import { spokenWords } from "../evaluation/spoken-words.ts";
import {
  countWordErrors,
  pooledWordErrorRate,
  type WordErrors,
} from "../evaluation/word-error-rate.ts";
import { UndertoneError } from "../shared/errors.ts";
import { joinUtterances } from "../transcription/transcribe-recording.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";
import type { TranscribedFile, TranscriptOutput } from "./transcribe-output.ts";

const rowSchema = z.object({
  file: z.string().min(1),
  text: z.string(),
  group: z.string().min(1).optional(),
});

/** What is said in a file. */
export interface Reference {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  /** Files that are scored together. */
  readonly group: string;
}

/**
 * Reads reference transcripts: columns `file` (relative to the table), `text` and, if wanted, `group`, by
 * default the file's folder; tab-separated, or as `.csv` or `.jsonl`.
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readReferences(path: string): Promise<Reference[]> {
  const rows = /\.(csv|jsonl|ndjson)$/i.test(path) ? await readTable(path) : await readTabs(path);
  if (rows.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: holds no rows below its header.`);
  }
  return rows.map(({ line, values }) => {
    const row = rowSchema.safeParse(values);
    if (!row.success) throw tableError(path, line, "wants the columns file and text.");
    const { file, text, group = dirname(file) } = row.data;
    return { file: resolve(dirname(path), file), text, group };
  });
}

async function readTabs(path: string): Promise<TableRow[]> {
  const lines = (await readText(path)).split(/\r?\n/);
  const columns = lines[0]!.split("\t").map((column) => column.trim());
  return lines.flatMap((text, index) => {
    if (index === 0 || text.trim() === "") return [];
    const cells = text.split("\t");
    const values = columns.flatMap((name, n) => (cells[n] ? [[name, cells[n]]] : []));
    return [{ line: index + 1, values: Object.fromEntries(values) }];
  });
}

interface Scored extends Reference {
  readonly transcript: string;
  readonly durationSec: number;
  readonly errors: WordErrors;
}

const shownMistakes = 10;

/** Collects transcripts and prints how far they are from the references, by group. */
export function scoreTranscripts(
  references: readonly Reference[],
  { json }: { readonly json: boolean },
): TranscriptOutput {
  const byFile = new Map(references.map((reference) => [reference.file, reference]));
  const scored: Scored[] = [];
  return {
    utterance: () => undefined,
    file: async (result: TranscribedFile) => {
      const reference = byFile.get(result.file);
      if (reference === undefined || "error" in result) return undefined;
      const { text: transcript } = joinUtterances(result.utterances);
      const errors = countWordErrors(spokenWords(reference.text), spokenWords(transcript));
      scored.push({ ...reference, transcript, durationSec: result.durationSec, errors });
      return undefined;
    },
    end: async () => {
      if (json) printJson(toDocument(scored));
      else console.log(describe(scored));
    },
  };
}

interface Total extends WordErrors {
  readonly files: number;
  readonly durationSec: number;
  readonly wordErrorRate: number | null;
}

function totalOf(scored: readonly Scored[]): Total {
  const sum = (value: (each: Scored) => number): number =>
    scored.reduce((total, each) => total + value(each), 0);
  const rate = pooledWordErrorRate(scored.map(({ errors }) => errors));
  return {
    files: scored.length,
    durationSec: sum(({ durationSec }) => durationSec),
    wordErrorRate: Number.isFinite(rate) ? rate : null,
    referenceWords: sum(({ errors }) => errors.referenceWords),
    substitutions: sum(({ errors }) => errors.substitutions),
    deletions: sum(({ errors }) => errors.deletions),
    insertions: sum(({ errors }) => errors.insertions),
  };
}

function groupsOf(scored: readonly Scored[]): [string, Total][] {
  const groups = new Set(scored.map(({ group }) => group));
  return [...groups].map((name) => [name, totalOf(scored.filter(({ group }) => group === name))]);
}

/** The document of `undertone transcribe --reference … --format json`; docs/reference/json.md explains its keys. */
function toDocument(scored: readonly Scored[]): unknown {
  return {
    format: 1,
    total: totalOf(scored),
    groups: Object.fromEntries(groupsOf(scored)),
    files: scored,
  };
}

function describe(scored: readonly Scored[]): string {
  const rows = [...groupsOf(scored), ["all", totalOf(scored)] as const].map(([group, total]) => [
    group,
    String(total.files),
    String(total.referenceWords),
    total.wordErrorRate === null ? "" : (100 * total.wordErrorRate).toFixed(1),
    String(total.substitutions),
    String(total.deletions),
    String(total.insertions),
  ]);
  const header = ["group", "files", "words", "WER %", "substituted", "deleted", "inserted"];
  const worst = scored
    .filter(({ errors }) => errors.substitutions + errors.deletions + errors.insertions > 0)
    .toSorted((a, b) => pooledWordErrorRate([b.errors]) - pooledWordErrorRate([a.errors]))
    .slice(0, shownMistakes)
    .map(({ file, text, transcript }) => [
      basename(file),
      text.slice(0, 60),
      transcript.slice(0, 60),
    ]);
  if (worst.length === 0) return formatTable(header, rows);
  return `${formatTable(header, rows)}\n\n${formatTable(["most errors", "reference", "transcript"], worst)}`;
}
