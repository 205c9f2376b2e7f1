import { open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { channelModes } from "../audio/channels.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, makeFolder, privateMode, systemCode } from "../shared/files.node.ts";
import { linesOf } from "../shared/lines.node.ts";
import { acquireLock } from "../shared/lock.node.ts";
import type { AnalysisSettings, FileResult } from "./file-result.node.ts";
import type { FoundFile } from "./find-audio.node.ts";

const lineSchema = z.object({
  file: z.string(),
  sizeBytes: z.number(),
  modifiedMs: z.number(),
  settings: z.object({
    modelId: z.string(),
    textModelId: z.string().nullable(),
    transcriber: z.string().nullable(),
    language: z.string().nullable().default(null),
    speakerId: z.string().nullable(),
    minConfidence: z.number(),
    maxOodScore: z.number().nullable(),
    reference: z.string(),
    sensitivity: z.string(),
    channels: z.enum(channelModes).default("auto"),
    track: z.number().nullable().default(null),
    roles: z.array(z.string()).nullable().default(null),
    only: z.array(z.string()).nullable().default(null),
    diarization: z.string().nullable().default(null),
  }),
  error: z.object({ code: z.string() }).optional(),
  untranscribed: z.number().optional(),
});

/** How each line begins, torn or whole. */
const lineStart = '{"file":"';

type ResultLine = z.infer<typeof lineSchema>;

interface ResultsOptions {
  /** Resume results that are there; without it they are an error. */
  readonly resume: boolean;
  readonly files: readonly FoundFile[];
  readonly settings: AnalysisSettings;
}

/** Results on disk as JSON Lines, readable by the user alone, one line a file, each written when it is known. */
export interface ResultsFile {
  /** Of the files given, those that need no more work. */
  readonly done: ReadonlySet<string>;
  /** How many lines of earlier results could not be read; their files are analyzed again. */
  readonly droppedLines: number;
  /** Writes one line after the other, whole, in the order of calls. */
  append(result: FileResult): Promise<void>;
  close(): Promise<void>;
}

function parseLine(line: string): ResultLine | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

interface Kept {
  readonly done: Set<string>;
  readonly droppedLines: number;
}

/**
 * Keeps of earlier results what still holds: no failures, also of the transcriber, no files that have changed since, and no
 * line that a killed process or a full disk tore.
 */
async function keepWhatHolds(path: string, options: ResultsOptions): Promise<Kept> {
  const known = new Map(options.files.map((file) => [file.file, file]));
  const done = new Set<string>();
  let droppedLines = 0;
  const beside = `${path}.tmp`;
  const [earlier, kept] = await Promise.all([open(path), open(beside, "w", privateMode.file)]);
  try {
    let isFirst = true;
    for await (const line of linesOf(earlier)) {
      const result = parseLine(line);
      const isResults = result !== undefined || line.startsWith(lineStart.slice(0, line.length));
      // A file of anything else is left as it is.
      if (isFirst && !isResults && !isEmpty(line)) throw notResults(path);
      isFirst = false;
      if (result === undefined) {
        droppedLines++;
        continue;
      }
      const other = otherSettings(path, result.settings, options.settings);
      if (other !== undefined) throw other;
      const now = known.get(result.file);
      const hasChanged =
        now !== undefined &&
        (now.sizeBytes !== result.sizeBytes || now.modifiedMs !== result.modifiedMs);
      if (isUnfinished(result) || hasChanged || done.has(result.file)) continue;
      done.add(result.file);
      await kept.appendFile(`${line}\n`);
    }
    await kept.sync();
    await rename(beside, path);
    return { done, droppedLines };
  } catch (error) {
    await rm(beside, { force: true });
    throw error instanceof UndertoneError ? error : fileError(path, error);
  } finally {
    await Promise.all([earlier.close(), kept.close()]);
  }
}

/** A disk that was full or lost its power may leave zeros. */
const isEmpty = (line: string): boolean => /^[\0\s]*$/.test(line);

/** Whether a file failed, or its transcriber did, so that it is analyzed again. */
const isUnfinished = ({ error, untranscribed }: ResultLine): boolean =>
  error !== undefined || untranscribed !== undefined;

function notResults(path: string): UndertoneError {
  return new UndertoneError(
    "usage",
    `${path}: holds no results of undertone. Choose another name for --out.`,
  );
}

type SettingName = keyof ResultLine["settings"];

const optionNames: Readonly<Record<SettingName, string>> = {
  modelId: "--model",
  textModelId: "--text-model",
  transcriber: "--transcriber",
  language: "--language",
  speakerId: "--enroll",
  minConfidence: "--min-confidence",
  maxOodScore: "--max-ood",
  reference: "--reference",
  sensitivity: "--sensitivity",
  channels: "--channels",
  track: "--track",
  roles: "--roles",
  only: "--only",
  diarization: "--diarize or --rttm",
};

/** Returns an error that names each option that differs; `undefined` where none does. */
export function otherSettings(
  path: string,
  earlier: Pick<AnalysisSettings, SettingName>,
  now: AnalysisSettings,
): UndertoneError | undefined {
  const differences = lineSchema.shape.settings
    .keyof()
    .options.filter((key) => JSON.stringify(earlier[key]) !== JSON.stringify(now[key]))
    .map((key) => `${optionNames[key]} ${wordOf(earlier[key])}, now ${wordOf(now[key])}`);
  if (differences.length === 0) return undefined;
  const problem = `was made with other models or options (${differences.join("; ")})`;
  return new UndertoneError(
    "usage",
    `${path}: ${problem}. Use the same, or choose another name for --out.`,
  );
}

const wordOf = (value: AnalysisSettings[SettingName]): string =>
  value === null ? "none" : Array.isArray(value) ? value.join(",") : String(value);

/** Returns whether there are results to resume. */
async function hasResults(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isFile()) return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw fileError(path, error);
  }
  throw new UndertoneError("usage", `${path}: is not a file. Choose another name for --out.`);
}

/**
 * Opens a file of results for one process, anew or to go on with it.
 * @throws UndertoneError `usage` when it is there and `resume` is not set, when it holds anything
 * else or other models' results; `busy` when another process writes it; `file-unreadable`, `disk-full`
 */
export async function openResults(path: string, options: ResultsOptions): Promise<ResultsFile> {
  await makeFolder(dirname(path));
  const release = await acquireLock(`${path}.lock`);
  let file: FileHandle;
  let kept: Kept = { done: new Set(), droppedLines: 0 };
  try {
    if (await hasResults(path)) {
      if (!options.resume) {
        throw new UndertoneError(
          "usage",
          `${path} exists. Add --resume to continue it, or choose another name for --out.`,
        );
      }
      kept = await keepWhatHolds(path, options);
    }
    file = await open(path, "a", privateMode.file).catch((error: unknown) => {
      throw fileError(path, error);
    });
  } catch (error) {
    await release();
    throw error;
  }
  let written: Promise<unknown> = Promise.resolve();
  return {
    ...kept,
    append: (result) => {
      const line = `${JSON.stringify(result)}\n`;
      const writing = written.then(() => file.appendFile(line)).then(() => file.datasync());
      written = writing.catch(() => undefined);
      return writing.catch((error: unknown) => {
        throw fileError(path, error);
      });
    },
    close: async () => {
      await written;
      await file.close();
      await release();
    },
  };
}
