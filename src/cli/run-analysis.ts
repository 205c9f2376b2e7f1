import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { analyzeFiles } from "../recognition/batch.node.ts";
import { modelIdOf, type AnalysisSettings } from "../recognition/file-result.node.ts";
import {
  describeIgnored,
  findAudioFiles,
  type FoundAudio,
} from "../recognition/find-audio.node.ts";
import { defaultTextModelPath } from "../recognition/open-engine.node.ts";
import { findVoiceModel, readModel, type ModelFile } from "../recognition/voice-model.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { makeFolder } from "../shared/files.node.ts";
import { withLock } from "../shared/lock.node.ts";
import { defaultTranscriber } from "../transcription/transcribers.node.ts";
import { hashFile } from "../transcription/transcript-cache.node.ts";
import { isResumable, openOutput } from "./analysis-output.ts";
import { createTally } from "./analysis-tally.ts";
import type { AnalysisFormat, AnalyzeOptions } from "./analyze.ts";
import { cancellable } from "./cancel.ts";
import { assertNewFile, formatOfFile } from "./out-file.ts";
import { holdsOneRecording } from "./print-analysis.ts";
import { createProgress } from "./progress.ts";

/** Analyzes files and the files in folders, as the options of `undertone analyze` say. */
export async function runAnalysis(
  paths: readonly string[],
  options: AnalyzeOptions,
): Promise<void> {
  const { out } = options;
  const format = formatOf(options);
  const found = await findAudioFiles(paths);
  const { files } = found;
  if (holdsOneRecording(format) && files.length !== 1) {
    throw usage(`${format} holds one recording, not ${files.length}: name one file at a time.`);
  }
  const run = (): Promise<void> =>
    cancellable(
      (signal) => analyze(found, options, { format, signal }),
      () =>
        isResumable({ out, format })
          ? "The same command with --resume continues with the remaining files."
          : "To be able to resume, write a file of many recordings: --out results.jsonl",
    );
  if (out === undefined) return run();
  await makeFolder(dirname(resolve(out)));
  if (format === "jsonl") return run(); // which locks its file itself
  await withLock(`${resolve(out)}.lock`, async () => {
    await assertNewFile(out);
    await run();
  });
}

async function analyze(
  found: FoundAudio,
  options: AnalyzeOptions,
  { format, signal }: { readonly format: AnalysisFormat; readonly signal: AbortSignal },
): Promise<void> {
  const { out, resume = false, bom = false, enroll = [], offline } = options;
  const { files } = found;
  const display = createProgress(process.stderr);
  const voice = await findVoiceModel(options.model, { offline, onProgress: display, signal });
  const settings = await settingsOf(options, voice);
  const { moments: emotion, top: count = 10 } = options;
  const moments = emotion === undefined ? undefined : { emotion, count };
  const output = await openOutput(found, { format, out, bom, moments, resume, settings });
  const todo = files.filter(({ file }) => !output.done.has(file));
  if (todo.length < files.length) {
    display.info(`${files.length - todo.length} of ${files.length} files were done before.`);
  }
  const tally = createTally(todo.length, display);
  try {
    await analyzeFiles(todo, {
      textModel: options.textModel,
      language: options.language,
      transcriber: options.transcript && (options.transcriber ?? true),
      recognition: {
        minConfidence: options.minConfidence,
        maxOodScore: options.maxOod,
        reference: options.reference === "folder" ? undefined : options.reference,
        sensitivity: options.sensitivity,
        channels: options.channels,
        track: options.track,
        roles: options.roles,
        only: options.only,
      },
      asOneSpeaker: options.reference === "folder",
      jobs: options.jobs ?? availableParallelism(),
      voice,
      enroll,
      offline,
      settings,
      signal,
      onDownload: display,
      onDegraded: (warning) => tally.degraded(warning),
      onEnrolled: ({ speechSec, warnings }) => {
        for (const warning of warnings) display.warn(warning);
        display.info(`Voices are held against ${speechSec.toFixed(1)} s of speech.`);
      },
      onProgress: (doneSec) => tally.analyzed(doneSec),
      onResult: async (result) => {
        await output.append(result);
        tally.count(result);
      },
    });
  } finally {
    await output.close();
  }
  const unseen = describeIgnored(found);
  if (unseen !== undefined) display.info(unseen);
  tally.throwFailures();
}

const extensions = {
  ".jsonl": "jsonl",
  ".json": "json",
  ".csv": "csv",
  ".txt": "text",
  ".srt": "srt",
  ".vtt": "vtt",
  ".TextGrid": "textgrid",
} as const;

/** @throws UndertoneError `usage` for a file that cannot be written, and options that contradict each other */
function formatOf(options: AnalyzeOptions): AnalysisFormat {
  const { out, json, bom, resume, transcript } = options;
  if (json && (options.format ?? "json") !== "json") {
    throw usage(`--json and --format ${options.format} contradict each other: leave one out.`);
  }
  const given = json ? "json" : options.format;
  if (out !== undefined && given !== undefined) {
    throw usage(`--out ${out} decides the format by its extension: leave out --format and --json.`);
  }
  const format = out === undefined ? (given ?? "text") : formatOfFile(out, extensions);
  if (bom && format !== "csv") throw usage("--bom is for CSV: use it with --out results.csv.");
  if (resume && !isResumable({ out, format })) {
    throw usage("--resume continues a file of many recordings, such as --out results.jsonl.");
  }
  if (options.enroll && options.reference) {
    throw usage("--enroll and --reference contradict each other: leave one out.");
  }
  if (options.moments !== undefined && format !== "text") {
    throw usage("--moments prints a list: leave out --out, --format and --json.");
  }
  if (options.top !== undefined && options.moments === undefined) {
    throw usage("--top says how many moments are listed: use it with --moments.");
  }
  if ((options.roles ?? options.only) && !["auto", "split"].includes(options.channels)) {
    throw usage(
      `--roles and --only need a channel for each speaker: leave out --channels ${options.channels}.`,
    );
  }
  const ofWords = (["transcriber", "textModel", "language"] as const).find((key) => options[key]);
  if (!transcript && ofWords !== undefined) {
    const option = ofWords === "textModel" ? "text-model" : ofWords;
    throw usage(`--${option} has no effect with --no-transcript.`);
  }
  return format;
}

const usage = (message: string): UndertoneError => new UndertoneError("usage", message);

async function settingsOf(options: AnalyzeOptions, voice: ModelFile): Promise<AnalysisSettings> {
  const { enroll = [], minConfidence, maxOod, transcript, channels, track = null } = options;
  const { roles = null, only = null } = options;
  const { textModel = defaultTextModelPath } = options;
  const hashes = await Promise.all(enroll.map(async (path) => (await hashFile(path)).slice(0, 12)));
  const speakerId = hashes.length > 0 ? hashes.toSorted().join("+") : null;
  return {
    modelId: modelIdOf(voice),
    textModelId: transcript ? modelIdOf(await readModel(textModel)) : null,
    transcriber: transcript ? (options.transcriber ?? defaultTranscriber) : null,
    speakerId,
    minConfidence,
    maxOodScore: maxOod ?? null,
    reference: options.reference ?? "recording",
    sensitivity: options.sensitivity ?? "normal",
    channels,
    track,
    roles,
    only,
  };
}
