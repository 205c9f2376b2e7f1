import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { analyzeFiles } from "../recognition/batch.node.ts";
import {
  describeIgnored,
  findAudioFiles,
  type FoundAudio,
} from "../recognition/find-audio.node.ts";
import { readManifest, shardOf } from "../recognition/read-manifest.node.ts";
import { findVoiceModel } from "../recognition/voice-model.node.ts";
import type { WorkerChild } from "../recognition/worker-process.node.ts";
import { openFileFields } from "../reports/recordings/file-fields.node.ts";
import { readModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";
import { makeFolder } from "../shared/files.node.ts";
import { withLock } from "../shared/lock.node.ts";
import { keptResults, openOutput } from "./analysis-output.ts";
import { suggestion } from "./suggest.ts";
import { createTally } from "./analysis-tally.ts";
import type { AnalyzeOptions } from "./analyze.ts";
import { cancellable } from "./cancel.ts";
import { assertNewFile, assertWritableFile, formatOfFile } from "./out-file.ts";
import { extensionsOfMany, holdsOneRecording, type OutputFormat } from "./print-analysis.ts";
import { isDiarized } from "./diarization-arguments.ts";
import { createProgress } from "./progress.ts";
import { assertRecognition, recognitionOf, settingsOf } from "./recognition-request.ts";
import { isForSpreadsheets } from "./summary-file.ts";

/** Analyzes files and the files in folders, as the options of `undertone analyze` say. */
export async function runAnalysis(
  paths: readonly string[],
  options: AnalyzeOptions,
  child?: WorkerChild,
): Promise<void> {
  const { out, summary } = options;
  const given = formatOf(options);
  const found = await filesOf(paths, options);
  const { files } = found;
  const isOneFile = paths.length === 1 && files[0]?.file === resolve(paths[0]!);
  const format = given === "list" && isOneFile ? "page" : given;
  if (holdsOneRecording(format) && files.length !== 1) {
    throw usage(`${format} holds one recording, not ${files.length}: name one file at a time.`);
  }
  assertSections(found, options, format);
  assertResumable(options, format);
  const kept = keptResults({ out, format, summary });
  const run = (): Promise<void> =>
    cancellable(
      (signal) => analyze(found, options, { format, signal, paths, child }),
      () =>
        kept === undefined
          ? "To be able to resume, write a file of many recordings: --out results.jsonl"
          : "The same command with --resume continues with the remaining files.",
    );
  const ofResults = format === "jsonl" ? undefined : out; // JSON Lines lock their file themselves
  const resumed = options.resume ? kept : undefined;
  await withNewFile(ofResults, resumed, () => withNewFile(summary, resumed, run));
}

/** @throws UndertoneError `usage` for neither or both of paths and a manifest, and as `readManifest` */
async function filesOf(
  paths: readonly string[],
  { manifest, shard }: AnalyzeOptions,
): Promise<FoundAudio> {
  if ((manifest === undefined) === (paths.length === 0)) {
    throw usage("Give audio files and folders, or a --manifest. Try: undertone analyze --help");
  }
  if (manifest !== undefined) return { files: await readManifest(manifest, shard), ignored: {} };
  const found = await findAudioFiles(paths);
  return shard ? { ...found, files: shardOf(found.files, shard) } : found;
}

/** @throws UndertoneError `usage` for parts of recordings where only whole ones will do */
function assertSections(
  { files }: FoundAudio,
  { rttm }: AnalyzeOptions,
  format: OutputFormat,
): void {
  if (!files.some(({ section }) => section)) return;
  if (format === "list") throw usage("Pages show whole recordings: leave out offset, or use .csv.");
  if (rttm !== undefined) throw usage("--rttm has times of whole recordings: leave out offset.");
}

/**
 * Does work that writes a file of its own, or in place of one that was made of the results that are resumed.
 * @throws UndertoneError `usage` where there is another file; `busy`
 */
async function withNewFile(
  path: string | undefined,
  resumed: string | undefined,
  work: () => Promise<void>,
): Promise<void> {
  if (path === undefined) return work();
  await makeFolder(dirname(resolve(path)));
  await withLock(`${resolve(path)}.lock`, async () => {
    if (resumed === undefined || !existsSync(resumed)) await assertNewFile(path);
    else await assertWritableFile(path);
    await work();
  });
}

interface RunOptions {
  readonly format: OutputFormat;
  readonly signal: AbortSignal;
  readonly paths: readonly string[];
  /** The first worker process, where it was started before. */
  readonly child: WorkerChild | undefined;
}

async function analyze(
  found: FoundAudio,
  options: AnalyzeOptions,
  { format, signal, paths, child }: RunOptions,
): Promise<void> {
  const { out, summary, resume = false, bom = false, enroll = [], offline } = options;
  const { files } = found;
  const display = createProgress(process.stderr);
  const names = files.map(({ file }) => file);
  const fields = await openFileFields({ ...options, files: names });
  for (const warning of fields.warnings) display.warn(warning);
  const voice = await findVoiceModel(options.model, { offline, onProgress: display, signal });
  const settings = await settingsOf(options, voice);
  const { labels } = readModelCard(voice.bytes);
  const { moments: emotion, top: count = 10, manifest, shard } = options;
  if (emotion !== undefined) assertEmotion(emotion, labels);
  const moments = emotion === undefined ? undefined : { emotion, count };
  const isPart = (manifest ?? shard) !== undefined;
  const of = { fields, labels, settings, isPart, signal, paths };
  const to = { format, out, summary, bom, moments, resume, ...of };
  const output = await openOutput(found, to);
  const todo = files.filter(({ file }) => !output.done.has(file));
  if (todo.length < files.length) {
    display.info(`${files.length - todo.length} of ${files.length} files were done before.`);
  }
  if (output.droppedLines > 0) {
    const lines = `${output.droppedLines} lines of earlier results`;
    display.warn(`${lines} were torn and are dropped: their files are analyzed again.`);
  }
  const canResume = keptResults(to) !== undefined;
  const tally = createTally(todo.length, { display, canResume });
  try {
    await analyzeFiles(todo, {
      textModel: options.textModel,
      language: options.language,
      transcriber: options.transcript && (options.transcriber ?? true),
      recognition: await recognitionOf(options),
      asOneSpeaker: options.reference === "folder",
      jobs: options.jobs ?? availableParallelism(),
      voice,
      enroll,
      offline,
      settings,
      child,
      signal,
      onDownload: display,
      onDegraded: (warning) => tally.degraded(warning),
      onEnrolled: ({ speechSec, warnings }) => {
        for (const warning of warnings) display.warn(warning);
        display.info(`Voices are held against ${speechSec.toFixed(1)} s of speech.`);
      },
      onProgress: (doneSec, stage) => tally.progress(doneSec, stage),
      onResult: async (result) => {
        await output.append(result);
        tally.count(result);
      },
    });
  } finally {
    tally.tellWarnings();
    await output.close();
  }
  const unseen = describeIgnored(found);
  if (unseen !== undefined) display.info(unseen);
  tally.throwFailures();
}

const extensions = {
  ...extensionsOfMany,
  ".srt": "srt",
  ".vtt": "vtt",
  ".TextGrid": "textgrid",
  ".eaf": "eaf",
  ".html": "list",
} as const;

/** @throws UndertoneError `usage` for a file that cannot be written, and options that contradict each other */
function formatOf(options: AnalyzeOptions): OutputFormat {
  const { out, summary, json, bom } = options;
  if (json && (options.format ?? "json") !== "json") {
    throw usage(`--json and --format ${options.format} contradict each other: leave one out.`);
  }
  const given = json ? "json" : options.format;
  if (out !== undefined && given !== undefined) {
    throw usage(`--out ${out} decides the format by its extension: leave out --format and --json.`);
  }
  const format = out === undefined ? (given ?? "text") : formatOfFile(out, extensions);
  const isTable = summary !== undefined && isForSpreadsheets(summary);
  if (bom && format !== "csv" && !isTable) {
    throw usage("--bom is for CSV: use it with --out results.csv.");
  }
  if (out !== undefined && summary !== undefined && resolve(out) === resolve(summary)) {
    throw usage(`--out and --summary are two files: ${out} cannot be both.`);
  }
  const ofFields = (["namePattern", "metadata"] as const).find((key) => options[key] !== undefined);
  if (ofFields !== undefined && summary === undefined && format !== "list") {
    const option = ofFields === "namePattern" ? "name-pattern" : ofFields;
    throw usage(`--${option} adds to a summary and to pages: use it with --summary or .html.`);
  }
  if (options.moments !== undefined && format !== "text" && format !== "list") {
    throw usage(
      "--moments prints a list, or is a part of pages: use it with --out x.html or alone.",
    );
  }
  if (options.top !== undefined && options.moments === undefined) {
    throw usage("--top says how many moments are listed: use it with --moments.");
  }
  const areTold = isDiarized(options) || options.channels === "split" || options.roles;
  if (format === "rttm" && !areTold) {
    throw usage("RTTM says who speaks when: tell speakers apart by --diarize.");
  }
  assertRecognition(options);
  return format;
}

/** @throws UndertoneError `usage` */
function assertResumable({ out, summary, resume }: AnalyzeOptions, format: OutputFormat): void {
  if (!resume || keptResults({ out, format, summary }) !== undefined) return;
  throw usage("--resume continues a file of many recordings, such as --out results.jsonl.");
}

const usage = (message: string): UndertoneError => new UndertoneError("usage", message);

/** @throws UndertoneError `usage` for an emotion that the model does not know */
function assertEmotion(emotion: string, labels: readonly string[]): void {
  const known = [...labels, "any"];
  if (known.includes(emotion)) return;
  throw usage(
    `The model knows no emotion "${emotion}" for --moments.${suggestion(emotion, known)} There are: ${known.join(", ")}.`,
  );
}
