import type { ChildProcess } from "node:child_process";
import { extname } from "node:path";
import type { SoundChoice } from "../audio/read-channels.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { describeEnd, isAlive, startProcess } from "../shared/start-process.node.ts";
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
  /** A process that does not answer for so long has no end: it is ended. */
  readonly stallMs?: number | undefined;
  /** The first process, where it was started before. */
  readonly child?: ChildProcess | undefined;
}

/** Longer than a step of any model takes, also where other work slows it. */
const defaultStallMs = 120_000;

/** The worker's program: beside this file, TypeScript or built. */
const program = new URL(`./batch-worker.node${extname(import.meta.url)}`, import.meta.url);

/** Starts a process, which has its modules loaded by the time that it is told its task. */
export const startWorker = (): ChildProcess => startProcess(program, "json");

/** A process of its own for the analysis: a file that crashes it, or that has no end, loses that file only. */
export class WorkerProcess {
  readonly #options: WorkerOptions;
  readonly #onDownload: ProgressListener | undefined;
  readonly #stallMs: number;
  #child: ChildProcess | undefined;
  #loaded: Promise<LoadedFacts> | undefined;

  constructor(
    options: WorkerOptions,
    { onDownload, child, stallMs = defaultStallMs }: ProcessOptions = {},
  ) {
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
    if (!this.#loaded || !isAlive(this.#child)) this.#loaded = this.#load();
    return this.#loaded;
  }

  /** @throws UndertoneError as `Recognizer.enroll` */
  async enroll(paths: readonly string[], isNeutral: boolean): Promise<EnrolledSpeaker> {
    await this.start();
    const { answer, end } = await this.#ask({ kind: "enroll", paths, isNeutral });
    if (answer?.kind === "enrolled") return answer.speaker;
    if (answer?.kind === "failed") throw receivedError(answer.error);
    throw new UndertoneError("audio-corrupt", `Measuring the speaker's recordings ${end}.`);
  }

  /** @throws UndertoneError when the model cannot be loaded */
  async analyze(path: string, call: AnalyzeCall = {}): Promise<Outcome> {
    await this.start();
    const { recognition = this.#options.recognition, speaker, section, onProgress } = call;
    const settings = { ...recognition, ...(speaker && { speaker }), ...(section && { section }) };
    const task = { kind: "analyze", path, recognition: settings } as const;
    const { answer, end, isStalled } = await this.#ask(task, (news) => {
      if (news.kind === "progress") onProgress?.(news.doneSec, news.stage);
    });
    if (answer?.kind === "outcome") return answer.outcome;
    if (answer?.kind === "failed") throw receivedError(answer.error);
    return {
      error: {
        code: isStalled ? "audio-corrupt" : "internal",
        message: `${path}: analyzing it ${end}. The file may be damaged${isStalled ? "" : " or the memory too small"}.`,
      },
    };
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  async #load(): Promise<LoadedFacts> {
    this.#child = isAlive(this.#child) ? this.#child : startWorker();
    const task = { kind: "load", options: this.#options } as const;
    const { answer, end } = await this.#ask(task, (news) => {
      if (news.kind === "download") this.#onDownload?.(news.progress);
    });
    if (answer?.kind === "loaded") return answer;
    this.stop();
    if (answer?.kind === "failed") throw receivedError(answer.error);
    throw new UndertoneError(
      "model-invalid",
      `${this.#options.model}: loading it ${end}. The model may be damaged or the memory too small.`,
    );
  }

  /** Resolves to the answer, or to how the process ended without one. */
  #ask(task: WorkerTask, onNews: (news: WorkerNews) => void = () => undefined): Promise<Asked> {
    const child = this.#child!;
    return new Promise((resolve) => {
      const settle = (asked: Asked): void => {
        clearTimeout(timer);
        child.off("message", receive).off("exit", leave).off("error", leave);
        if (!asked.answer) this.stop();
        resolve(asked);
      };
      const timer = setTimeout(() => {
        const end = `went no further for ${Math.round(this.#stallMs / 1000)} s and was ended`;
        settle({ end, isStalled: true });
      }, this.#stallMs);
      const receive = (message: WorkerAnswer | WorkerNews): void => {
        timer.refresh();
        if (isNews(message)) onNews(message);
        else settle({ answer: message });
      };
      const leave = (): void => settle({ end: `ended its process (${describeEnd(child)})` });
      child.on("message", receive).on("exit", leave).on("error", leave);
      if (!isAlive(child)) leave();
      // A process that ended just now is noticed by its exit.
      else child.send(task, () => undefined);
    });
  }
}

interface Asked {
  readonly answer?: WorkerAnswer;
  readonly end?: string;
  readonly isStalled?: boolean;
}

const news: ReadonlySet<string> = new Set<WorkerNews["kind"]>(["download", "progress", "alive"]);

const isNews = (message: WorkerAnswer | WorkerNews): message is WorkerNews =>
  news.has(message.kind);
