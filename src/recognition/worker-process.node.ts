import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { SoundChoice } from "../audio/read-channels.ts";
import type { Section } from "../audio/section.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Turn } from "../shared/turns.ts";
import type { WorkerMessage } from "./batch-worker.node.ts";
import type { SpeakerOptions } from "./channel-speakers.ts";
import type { Outcome } from "./file-result.node.ts";
import type { RecognizerOptions } from "./load-recognizer.node.ts";
import type { AnalyzeOptions } from "./recognizer.ts";

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
> & {
  /** Who speaks when, by recording, where that is known. */
  readonly rttm?: Readonly<Record<string, readonly Turn[]>> | undefined;
};

/** What a worker is told of the recognizer that it loads, and of how to analyze. */
export type WorkerOptions = Pick<
  RecognizerOptions,
  "textModel" | "transcriber" | "language" | "offline"
> & {
  /** Path of the audio model. */
  readonly model: string;
  readonly recognition: RecognitionSettings;
};

/** What a worker is told to analyze. */
export interface AnalysisMessage {
  readonly path: string;
  readonly section?: Section | undefined;
}

/** The file with the worker's program: beside this one, TypeScript or built. */
const program = fileURLToPath(
  new URL(`./batch-worker.node${extname(import.meta.url)}`, import.meta.url),
);

/** The next message of a process, or `undefined` when it ended first. */
async function nextMessage(child: ChildProcess): Promise<WorkerMessage | undefined> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]: WorkerMessage[]) => message),
      once(child, "exit", { signal }).then(() => undefined),
    ]);
  } finally {
    waiting.abort();
  }
}

/** A process of its own for the analysis: a file that crashes it loses that file only. */
export class WorkerProcess {
  readonly #options: WorkerOptions;
  #child: ChildProcess | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(program, [JSON.stringify(this.#options)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#child = child;
    const message = await nextMessage(child);
    if (message?.kind === "ready") return child;
    this.stop();
    if (message?.kind === "refused") throw new UndertoneError(message.code, message.message);
    throw new Error(`The worker process ended before it had its model (${describeEnd(child)}).`);
  }

  /** Analyzes a recording, or a part of it. @throws UndertoneError when the model cannot be loaded */
  async analyze(path: string, section?: Section): Promise<Outcome> {
    const child = isAlive(this.#child) ? this.#child : await this.#start();
    // A process that ended just now is noticed by its exit.
    child.send({ path, section } satisfies AnalysisMessage, () => undefined);
    const message = await nextMessage(child);
    if (message?.kind === "outcome") return message.outcome;
    this.stop();
    const end = describeEnd(child);
    const text = `${path}: analyzing it ended its process (${end}). The file may be damaged or the memory too small.`;
    return { error: { code: "internal", message: text } };
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}

function isAlive(child: ChildProcess | undefined): child is ChildProcess {
  return child?.connected === true && child.exitCode === null && child.signalCode === null;
}

function describeEnd({ exitCode, signalCode }: ChildProcess): string {
  return signalCode ?? `exit code ${exitCode}`;
}
