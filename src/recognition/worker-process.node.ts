import { extname } from "node:path";
import type { SoundChoice } from "../audio/read-channels.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { GuardedProcess, ProcessEnd } from "../shared/guarded-process.node.ts";
import { turnsOf } from "../shared/rttm.ts";
import type { Turn } from "../shared/turns.ts";
import type { WorkerAnswer, WorkerNews, WorkerTask } from "./batch-worker.node.ts";
import type { SpeakerOptions } from "./channel-speakers.ts";
import type { EnrolledSpeaker } from "./engine.ts";
import type { Speaker } from "./enrollment.ts";
import type { Outcome } from "./file-result.node.ts";
import type { RecognizerOptions } from "./load-recognizer.node.ts";
import type { AnalyzeOptions, Recognizer } from "./recognizer.ts";
import { receivedError } from "../shared/sent-errors.ts";

/** How recordings are analyzed, as plain data. */
export type RecognitionSettings = Pick<
  AnalyzeOptions,
  | "minConfidence"
  | "maxOodScore"
  | "speaker"
  | "reference"
  | "sensitivity"
  | keyof SoundChoice
  | keyof SpeakerOptions
  | "diarize"
  | "speakers"
  | "language"
> & {
  /** Who speaks when, by recording, where that is known. */
  readonly rttm?: Readonly<Record<string, readonly Turn[]>> | undefined;
};

/** What a worker is told of the recognizer that it loads, and of how to analyze. */
export type WorkerOptions = Pick<
  RecognizerOptions,
  "textModel" | "transcriber" | "language" | "offline" | "threads" | "keepTranscripts"
> & {
  /** Path of the audio model. */
  readonly model: string;
  readonly recognition: RecognitionSettings;
  /** How much the process leaves to others: 0, as others, to 19. */
  readonly niceness?: number | undefined;
};

/** What a worker tells of its recognizer. */
export type LoadedFacts = Pick<Recognizer, "transcriber" | "warnings">;

interface AnalyzeCall extends Pick<AnalyzeOptions, "onProgress" | "section"> {
  /** How this file is analyzed, in place of what the process was told. */
  readonly recognition?: RecognitionSettings | undefined;
  /** Of an enrollment, in place of that of the settings. */
  readonly speaker?: Speaker | undefined;
}

interface ProcessOptions {
  /** Told of downloads while the models load. */
  readonly onDownload?: ProgressListener | undefined;
  /** How long a process may be silent before it is ended. */
  readonly stallMs?: number | undefined;
  /** The first process, where it was started before. */
  readonly child?: WorkerChild | undefined;
}

/** A process that does not know its task yet. */
export type WorkerChild = GuardedProcess<WorkerTask, WorkerAnswer | WorkerNews>;

/** The worker's program: beside this file, TypeScript or built. */
const program = new URL(`./batch-worker.node${extname(import.meta.url)}`, import.meta.url);

/** Starts a process, which has its modules loaded by the time that it is told its task. */
export const startWorker = (stallMs?: number): WorkerChild =>
  new GuardedProcess(program, { serialization: "json", stallMs });

/** A process of its own for the analysis: a file that crashes it, or that has no end, loses that file only. */
export class WorkerProcess {
  readonly #options: WorkerOptions;
  readonly #onDownload: ProgressListener | undefined;
  readonly #stallMs: number | undefined;
  #child: WorkerChild | undefined;
  #loaded: Promise<LoadedFacts> | undefined;

  constructor(options: WorkerOptions, { onDownload, child, stallMs }: ProcessOptions = {}) {
    this.#child = child;
    this.#options = options;
    this.#onDownload = onDownload;
    this.#stallMs = stallMs;
  }

  /**
   * Starts the process and loads its models, once; `analyze` does so itself, also after a crash.
   * @throws UndertoneError when a model cannot be loaded
   */
  start(): Promise<LoadedFacts> {
    if (!this.#loaded || !this.#child?.isAlive) this.#loaded = this.#load();
    return this.#loaded;
  }

  /** @throws UndertoneError as `Recognizer.enroll` */
  async enroll(paths: readonly string[], isNeutral: boolean): Promise<EnrolledSpeaker> {
    await this.start();
    const { answer, end } = await this.#ask({ kind: "enroll", paths, isNeutral });
    if (answer?.kind === "enrolled") return answer.speaker;
    if (answer?.kind === "failed") throw receivedError(answer.error);
    const message = `Measuring the speaker's recordings ${end?.message}.`;
    throw new UndertoneError("audio-corrupt", message);
  }

  /** @throws UndertoneError when the model cannot be loaded */
  async analyze(path: string, call: AnalyzeCall = {}): Promise<Outcome> {
    await this.start();
    const { recognition = this.#options.recognition, speaker, section, onProgress } = call;
    const { rttm, ...settings } = { ...recognition, ...(speaker && { speaker }) };
    let turns: readonly Turn[] | undefined;
    try {
      turns = rttm && turnsOf(rttm, path);
    } catch (error) {
      if (!(error instanceof UndertoneError)) throw error;
      return { error: { code: error.code, message: error.message } };
    }
    const task = { kind: "analyze", path, options: { ...settings, section, turns } } as const;
    const { answer, end } = await this.#ask(task, (news) => {
      if (news.kind === "progress") onProgress?.(news.doneSec, news.stage);
    });
    if (answer?.kind === "outcome") return answer.outcome;
    if (answer?.kind === "failed") throw receivedError(answer.error);
    const isStalled = end?.kind === "stalled";
    return {
      error: {
        code: isStalled ? "audio-corrupt" : "internal",
        message: `${path}: analyzing it ${end?.message}. The file may be damaged${isStalled ? "" : " or the memory too small"}.`,
      },
    };
  }

  stop(): void {
    this.#child?.stop();
    this.#child = undefined;
  }

  async #load(): Promise<LoadedFacts> {
    if (!this.#child?.isAlive) this.#child = startWorker(this.#stallMs);
    const { recognition: _, ...options } = this.#options;
    const task = { kind: "load", options } as const;
    const { answer, end } = await this.#ask(task, (news) => {
      if (news.kind === "download") this.#onDownload?.(news.progress);
    });
    if (answer?.kind === "loaded") return answer;
    this.stop();
    if (answer?.kind === "failed") throw receivedError(answer.error);
    throw new UndertoneError(
      "model-invalid",
      `${this.#options.model}: loading it ${end?.message}. The model may be damaged or the memory too small.`,
    );
  }

  /** Resolves to the answer, or to how the process ended without one. */
  async #ask(
    task: WorkerTask,
    onNews: (news: WorkerNews) => void = () => undefined,
  ): Promise<{ readonly answer?: WorkerAnswer; readonly end?: ProcessEnd }> {
    const child = this.#child!;
    child.tell(task);
    try {
      for (;;) {
        const told = await child.next();
        if (!isNews(told)) return { answer: told };
        onNews(told);
      }
    } catch (error) {
      child.stop();
      if (error instanceof ProcessEnd) return { end: error };
      throw error;
    }
  }
}

const news: ReadonlySet<string> = new Set<WorkerNews["kind"]>(["download", "progress"]);

const isNews = (message: WorkerAnswer | WorkerNews): message is WorkerNews =>
  news.has(message.kind);
