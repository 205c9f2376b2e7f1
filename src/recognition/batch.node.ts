import { throwIfCancelled } from "../shared/errors.ts";
import type { EnrolledSpeaker } from "./engine.ts";
import type { AnalysisSettings, FileResult, Outcome } from "./file-result.node.ts";
import { outcomeOf } from "./file-result.node.ts";
import { pathOf, type FoundFile } from "./find-audio.node.ts";
import { openEngine } from "./open-engine.node.ts";
import { createRecognizer, type AnalyzeOptions, type Recognizer } from "./recognizer.ts";
import type { VoiceModel } from "./voice-model.node.ts";
import { WorkerProcess, type WorkerOptions } from "./worker-process.node.ts";
import type { ProgressListener } from "../shared/logger.ts";

interface BatchOptions extends Omit<WorkerOptions, "model"> {
  readonly voice: VoiceModel;
  /** Recordings of neutral speech of the one person who speaks in all files; none where that is not known. */
  readonly enroll: readonly string[];
  /** Whether all files together tell what a voice is held against. */
  readonly asOneSpeaker: boolean;
  readonly settings: AnalysisSettings;
  /** How many processes share the work. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Told of the downloads, before the first file. */
  readonly onDownload: ProgressListener;
  /** Told before the first file what is degraded in all results; it stands in their warnings too. */
  readonly onDegraded: (warning: string) => void;
  /** Told before the first file of the speaker whom the recordings enrolled. */
  readonly onEnrolled: (speaker: EnrolledSpeaker) => void;
  /** Called once for each file, in the order in which they are done. */
  readonly onResult: (result: FileResult) => Promise<void>;
  /** Called with the seconds that are done when there is but one file. */
  readonly onProgress: NonNullable<AnalyzeOptions["onProgress"]>;
}

/**
 * Analyzes many files in parallel worker processes; a single file is analyzed here, with all cores.
 * A bad file has an `error` in its result and does not stop the others.
 * @throws UndertoneError `cancelled`, or when a model cannot be loaded
 */
export async function analyzeFiles(
  files: readonly FoundFile[],
  options: BatchOptions,
): Promise<void> {
  const { settings, signal, onResult, onProgress, enroll, asOneSpeaker } = options;
  const readable = files.filter(({ error }) => error === undefined);
  for (const { error, ...file } of files) {
    if (error !== undefined) await onResult({ ...file, settings, error });
  }
  const [first] = readable;
  if (first === undefined) return;
  const { voice, textModel, transcriber, language, offline, onDownload } = options;
  const wanted = { textModel, transcriber, language, offline };
  const recognizer = createRecognizer(
    await openEngine(voice, { ...wanted, signal, onProgress: onDownload }),
  );
  let { recognition } = options;
  try {
    for (const warning of recognizer.warnings) options.onDegraded(warning);
    const sounds = asOneSpeaker ? sampleOf(readable.map(pathOf)) : enroll;
    if (sounds.length > 0) {
      const speaker = await recognizer.enroll(sounds, { isNeutral: !asOneSpeaker, signal });
      options.onEnrolled(speaker);
      recognition = { ...recognition, speaker };
    }
    if (readable.length === 1) {
      const outcome = await outcomeOf(recognizer, pathOf(first), {
        ...recognition,
        section: first.section,
        signal,
        onProgress,
      });
      await onResult({ ...first, settings, ...outcome });
      return;
    }
  } finally {
    await recognizer.close();
  }
  await analyzeInProcesses(readable, { ...options, recognition }, recognizer);
}

/** More files say little more of what speech in a folder is like. */
const mostSampled = 100;

/** Returns some of the files, evenly from the first to the last. */
function sampleOf(files: readonly string[]): string[] {
  const step = Math.max(1, files.length / mostSampled);
  const count = Math.min(files.length, mostSampled);
  return Array.from({ length: count }, (_, index) => files[Math.floor(index * step)]!);
}

async function analyzeInProcesses(
  files: readonly FoundFile[],
  options: BatchOptions,
  { warnings, transcriber: opened }: Recognizer,
): Promise<void> {
  const { voice, textModel, language, offline, settings, jobs, signal, onResult } = options;
  const { recognition } = options;
  // What could not be had here is not asked for again by each process.
  const transcriber = opened === null ? false : options.transcriber;
  const model = voice.path;
  const told = { model, textModel, transcriber, language, offline, recognition };
  const workers = Array.from(
    { length: Math.min(jobs, files.length) },
    () => new WorkerProcess(told),
  );
  const queue = files.values();
  const stop = (): void => {
    for (const worker of workers) worker.stop();
  };
  const degraded = (outcome: Outcome): Outcome =>
    "error" in outcome ? outcome : { ...outcome, warnings: [...warnings, ...outcome.warnings] };
  signal.addEventListener("abort", stop);
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const file of queue) {
          throwIfCancelled(signal);
          const outcome = await worker.analyze(pathOf(file), file.section);
          throwIfCancelled(signal);
          await onResult({ ...file, settings, ...degraded(outcome) });
        }
      }),
    );
  } catch (error) {
    // A worker that was stopped before it had its model fails in its own way.
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
