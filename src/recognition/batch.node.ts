import { availableParallelism } from "node:os";
import { throwIfCancelled } from "../shared/errors.ts";
import type { EnrolledSpeaker } from "./engine.ts";
import type { AnalysisSettings, FileResult, Outcome } from "./file-result.node.ts";
import { pathOf, type FoundFile } from "./find-audio.node.ts";
import type { AnalyzeOptions } from "./recognizer.ts";
import type { VoiceModel } from "./voice-model.node.ts";
import { WorkerProcess, type WorkerChild, type WorkerOptions } from "./worker-process.node.ts";
import type { ProgressListener } from "../shared/logger.ts";

interface BatchOptions extends Omit<WorkerOptions, "model" | "threads"> {
  readonly voice: VoiceModel;
  /** Recordings of neutral speech of the one person who speaks in all files; none where that is not known. */
  readonly enroll: readonly string[];
  /** Whether all files together tell what a voice is held against. */
  readonly asOneSpeaker: boolean;
  readonly settings: AnalysisSettings;
  /** How many processes share the work. */
  readonly jobs: number;
  /** The first process, where it was started before. */
  readonly child: WorkerChild | undefined;
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
 * Analyzes files in parallel worker processes, a single one with all cores. A bad file has an `error` in its result and
 * does not stop the others.
 * @throws UndertoneError `cancelled`, or when a model cannot be loaded
 */
export async function analyzeFiles(
  files: readonly FoundFile[],
  options: BatchOptions,
): Promise<void> {
  const { settings, signal, onResult } = options;
  const readable = files.filter(({ error }) => error === undefined);
  for (const { error, ...file } of files) {
    if (error !== undefined) await onResult({ ...file, settings, error });
  }
  if (readable.length === 0) return;
  throwIfCancelled(signal);
  const workers: WorkerProcess[] = [];
  const stop = (): void => {
    for (const worker of workers) worker.stop();
  };
  signal.addEventListener("abort", stop);
  try {
    await shareFiles(readable, workers, options);
  } catch (error) {
    // A worker that was stopped fails in its own way.
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

async function shareFiles(
  files: readonly FoundFile[],
  workers: WorkerProcess[],
  options: BatchOptions,
): Promise<void> {
  const { voice, jobs, textModel, language, offline, recognition, settings } = options;
  const { signal, onResult } = options;
  const count = Math.min(jobs, files.length);
  const told = { model: voice.path, textModel, language, offline, recognition };
  const threads = files.length === 1 ? availableParallelism() : 1;
  const { onDownload, child } = options;
  const open = (transcriber: WorkerOptions["transcriber"], started?: WorkerChild) => {
    const settled = { ...told, threads, transcriber };
    const worker = new WorkerProcess(settled, { onDownload, child: started });
    workers.push(worker);
    return worker;
  };
  const first = open(options.transcriber, child);
  const loaded = await first.start();
  const warnings = [...voice.warnings, ...loaded.warnings];
  for (const warning of warnings) options.onDegraded(warning);
  const speaker = await enrolled(first, files, options);
  // What could not be had by the first is not asked for again by each process.
  const transcriber = loaded.transcriber === null ? false : options.transcriber;
  const others = Array.from({ length: count - 1 }, () => open(transcriber));
  const onProgress = files.length === 1 ? options.onProgress : undefined;
  const queue = files.values();
  await Promise.all(
    [first, ...others].map(async (worker) => {
      for (const file of queue) {
        throwIfCancelled(signal);
        const { section } = file;
        const outcome = await worker.analyze(pathOf(file), { speaker, section, onProgress });
        throwIfCancelled(signal);
        await onResult({ ...file, settings, ...withWarnings(outcome, warnings) });
      }
    }),
  );
}

/** Resolves to the speaker of all files, where one is asked for. */
async function enrolled(
  worker: WorkerProcess,
  files: readonly FoundFile[],
  { asOneSpeaker, enroll, onEnrolled }: BatchOptions,
): Promise<EnrolledSpeaker | undefined> {
  const sounds = asOneSpeaker ? sampleOf(files.map(pathOf)) : enroll;
  if (sounds.length === 0) return undefined;
  const speaker = await worker.enroll(sounds, !asOneSpeaker);
  onEnrolled(speaker);
  return speaker;
}

/** Returns an outcome with the warnings that hold for all, each once. */
function withWarnings(outcome: Outcome, warnings: readonly string[]): Outcome {
  if ("error" in outcome) return outcome;
  return { ...outcome, warnings: [...new Set([...warnings, ...outcome.warnings])] };
}

/** More files say little more of what speech in a folder is like. */
const mostSampled = 100;

/** Returns some of the files, evenly from the first to the last. */
function sampleOf(files: readonly string[]): string[] {
  const step = Math.max(1, files.length / mostSampled);
  const count = Math.min(files.length, mostSampled);
  return Array.from({ length: count }, (_, index) => files[Math.floor(index * step)]!);
}
