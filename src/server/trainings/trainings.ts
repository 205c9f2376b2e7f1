import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { UndertoneError } from "../../shared/errors.ts";
import type { TrainingState } from "../api.ts";
import { Refusal } from "../refusal.ts";

/** Lines kept of what a training prints. */
const keptLines = 200;

/** How long a training may take to write its checkpoint before it is ended. */
const graceMs = 15_000;

interface Training {
  readonly child: ChildProcess;
  readonly log: string[];
  isStopping: boolean;
  exitCode: number | null | undefined;
}

/** Trainings in processes of their own, by the id of their run. */
export class Trainings {
  readonly #command: readonly string[];
  readonly #trainings = new Map<string, Training>();

  /** @param command what starts `undertone`: an executable and its first arguments */
  constructor(command: readonly string[]) {
    this.#command = command;
  }

  runIds(): string[] {
    return [...this.#trainings.keys()];
  }

  /** Returns the state of a training that was started here; `undefined` of others. */
  stateOf(runId: string): TrainingState | undefined {
    const training = this.#trainings.get(runId);
    if (!training) return undefined;
    const { log, exitCode, isStopping } = training;
    const state = exitCode !== undefined ? "ended" : isStopping ? "stopping" : "running";
    return { runId, state, log: [...log], exitCode: exitCode ?? null };
  }

  /**
   * Starts `undertone` with these words.
   * @throws UndertoneError `busy` while a training of this run goes on
   */
  start(runId: string, words: readonly string[]): void {
    const known = this.#trainings.get(runId);
    if (known && known.exitCode === undefined) {
      throw new UndertoneError("busy", `${runId} is being trained. Stop it first.`);
    }
    const [executable, ...first] = this.#command;
    // A group of its own: Ctrl-C in the terminal reaches the studio, which then stops it in order.
    const child = spawn(executable!, [...first, ...words], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    const training: Training = { child, log: [], isStopping: false, exitCode: undefined };
    this.#trainings.set(runId, training);
    const keep = (line: string): void => {
      training.log.push(line);
      training.log.splice(0, training.log.length - keptLines);
    };
    createInterface({ input: child.stdout }).on("line", keep);
    createInterface({ input: child.stderr }).on("line", keep);
    child.on("error", (error) => keep(String(error)));
    child.on("close", (exitCode) => {
      training.exitCode = exitCode;
    });
  }

  /** Asks a training to stop after what it is at. @throws Refusal `not-found` for one that was not started here */
  stop(runId: string): void {
    const training = this.#trainings.get(runId);
    if (!training) throw new Refusal("not-found", `${runId} was not started here.`);
    // A second signal would end it at once, without its hint of how to go on.
    if (training.exitCode !== undefined || training.isStopping) return;
    training.isStopping = true;
    training.child.kill("SIGINT");
  }

  /** Stops all trainings and waits for their end. */
  async close(): Promise<void> {
    const running = [...this.#trainings].filter(([, { exitCode }]) => exitCode === undefined);
    await Promise.all(
      running.map(async ([runId, { child }]) => {
        const closed = once(child, "close");
        this.stop(runId);
        const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
        await closed;
        clearTimeout(timer);
      }),
    );
  }
}
