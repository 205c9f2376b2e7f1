import { throwIfCancelled } from "../shared/errors.ts";
import type { EnrolledSpeaker } from "./engine.ts";
import type { AnalysisSettings, FileResult, Outcome } from "./file-result.node.ts";
import type { Speaker } from "./enrollment.ts";
import { outcomeOf } from "./file-result.node.ts";
import type { FoundFile } from "./find-audio.node.ts";
import { openEngine } from "./open-engine.node.ts";
import { createRecognizer, type AnalyzeOptions, type Recognizer } from "./recognizer.ts";
import type { VoiceModel } from "./voice-model.node.ts";
import { WorkerProcess, type WorkerOptions } from "./worker-process.node.ts";
import type { ProgressListener } from "../shared/logger.ts";

interface BatchOptions extends Omit<WorkerOptions, "model" | "speaker"> {
  readonly voice: VoiceModel;
  /** Recordings of neutral speech of the one person who speaks in all files; none where that is not known. */
  readonly enroll: readonly string[];
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
  const { settings, signal, onResult, onProgress, minConfidence, enroll, channels, track } =
    options;
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
        channels,
        track,
      });
      await onResult({ ...first, settings, ...outcome });
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
  { warnings, transcriber: opened }: Recognizer,
): Promise<void> {
  const { voice, textModel, language, offline, settings, jobs, signal, onResult } = options;
  const { minConfidence, speaker, channels, track } = options;
  // What could not be had here is not asked for again by each process.
  const transcriber = opened === null ? false : options.transcriber;
  const model = voice.path;
  const models = { model, textModel, transcriber, language, offline };
  const told = { ...models, minConfidence, speaker, channels, track };
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
