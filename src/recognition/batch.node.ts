import { throwIfCancelled } from "../shared/errors.ts";
import type { AnalyzeFileOptions, EnrolledSpeaker, Recognizer } from "./load-recognizer.node.ts";
import type { Answerer, FileResult, Outcome } from "./file-result.node.ts";
import type { Speaker } from "./enrollment.ts";
import { outcomeOf } from "./file-result.node.ts";
import type { FoundFile } from "./find-audio.node.ts";
import { openRecognizer } from "./load-recognizer.node.ts";
import type { VoiceModel } from "./voice-model.node.ts";
import { WorkerProcess, type WorkerOptions } from "./worker-process.node.ts";
import type { ProgressListener } from "../shared/logger.ts";

interface BatchOptions extends Omit<WorkerOptions, "model" | "speaker"> {
  readonly voice: VoiceModel;
  /** Recordings of neutral speech of the one person who speaks in all files; none for strangers. */
  readonly enroll: readonly string[];
  readonly answerer: Answerer;
  /** How many processes share the work. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Told of the downloads, before the first file. */
  readonly onDownload: ProgressListener;
  /** Told before the first file what is degraded in all results; it stands in their warnings too. */
  readonly onDegraded: (warning: string) => void;
  /** Told before the first file of the speaker whom the recordings made known. */
  readonly onEnrolled: (speaker: EnrolledSpeaker) => void;
  /** Called once for each file, in the order in which they are done. */
  readonly onResult: (result: FileResult) => Promise<void>;
  /** Called with the seconds that are done when there is but one file. */
  readonly onProgress: NonNullable<AnalyzeFileOptions["onProgress"]>;
}

/**
 * Analyses many files with a process a job; a single file is analyzed here, with all cores.
 * A bad file has an `error` in its result and does not stop the others.
 * @throws UndertoneError `cancelled`, or when a model cannot be loaded
 */
export async function analyzeFiles(
  files: readonly FoundFile[],
  options: BatchOptions,
): Promise<void> {
  const { answerer, signal, onResult, onProgress, minConfidence, enroll } = options;
  const readable = files.filter(({ error }) => error === undefined);
  for (const { error, ...file } of files) {
    if (error !== undefined) await onResult({ ...file, ...answerer, error });
  }
  const [first] = readable;
  if (first === undefined) return;
  const { voice, words, speech, language, offline, onDownload } = options;
  const wanted = { words, speech, language, offline };
  const recognizer = await openRecognizer(voice, { ...wanted, signal, onProgress: onDownload });
  let speaker: Speaker | undefined;
  try {
    for (const warning of recognizer.warnings) options.onDegraded(warning);
    if (enroll.length > 0) {
      const enrolled = await recognizer.enroll(enroll, { signal });
      options.onEnrolled(enrolled);
      speaker = enrolled;
    }
    if (readable.length === 1) {
      const outcome = await outcomeOf(recognizer, first.file, {
        signal,
        onProgress,
        minConfidence,
        speaker,
      });
      await onResult({ ...first, ...answerer, ...outcome });
      return;
    }
  } finally {
    await recognizer.close();
  }
  await analyzeInProcesses(readable, { ...options, speaker }, recognizer);
}

async function analyzeInProcesses(
  files: readonly FoundFile[],
  options: BatchOptions & Pick<WorkerOptions, "speaker">,
  { warnings, speechToText }: Recognizer,
): Promise<void> {
  const { voice, words, language, offline, answerer, jobs, signal, onResult } = options;
  const { minConfidence, speaker } = options;
  // What could not be had here is not asked for again by each process.
  const speech = speechToText === null ? false : options.speech;
  const model = voice.path;
  const told = { model, words, speech, language, offline, minConfidence, speaker };
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
          const outcome = await worker.analyze(file.file);
          throwIfCancelled(signal);
          await onResult({ ...file, ...answerer, ...degraded(outcome) });
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
