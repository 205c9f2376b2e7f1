import { writeSync } from "node:fs";
import type { Worker } from "node:worker_threads";
import { UndertoneError } from "../shared/errors.ts";

/** Longer than a step of any model takes, also where other work slows it. */
const defaultStallMs = 120_000;
/** How often silence is looked for in that time: looks are counted, which a night asleep does not add to. */
const looks = 20;
/** Node waits for threads when it exits, for ever where a step of native code has no end. */
const mostExitMs = 10_000;

const beats = 0;
const tasks = 1;

/** What a thread and its watch share: how often its loop has turned, and how many tasks it has not answered. */
export type Pulse = Int32Array<SharedArrayBuffer>;

/** Lets a thread's watch see that the thread's loop turns. */
export function startPulse(pulse: Pulse): void {
  setInterval(() => beat(pulse), 250).unref();
}

/** Tells a thread's watch that a task is over. */
export function endTask(pulse: Pulse): void {
  Atomics.sub(pulse, tasks, 1);
  beat(pulse);
}

function beat(pulse: Pulse): void {
  Atomics.add(pulse, beats, 1);
  Atomics.notify(pulse, beats);
}

/** Gives up a thread that is in a step without end, which nothing but the end of the process can end. */
export class ThreadWatch {
  readonly pulse: Pulse = new Int32Array(new SharedArrayBuffer(8));
  /** Told once, of a thread that answers nobody any more. */
  onStall: (error: UndertoneError) => void = () => undefined;
  readonly #stallMs: number;
  #timer: NodeJS.Timeout | undefined;
  #silentLooks = 0;
  #seen = 0;
  #isLost = false;
  #forget: () => unknown = () => undefined;

  constructor(stallMs = defaultStallMs) {
    this.#stallMs = stallMs;
  }

  /** Counts a task more, and watches until there is none. */
  begin(worker: Worker): void {
    Atomics.add(this.pulse, tasks, 1);
    if (this.#timer !== undefined || worker.threadId < 0) return;
    this.#silentLooks = 0;
    this.#timer = setInterval(() => this.#look(worker), this.#stallMs / looks).unref();
    process.on("exit", this.#leave);
    worker.on("exit", this.#end);
    this.#forget = () => worker.off("exit", this.#end);
  }

  /** Stops watching where no task is left. */
  settle(): void {
    if (Atomics.load(this.pulse, tasks) <= 0) this.#end();
  }

  #look(worker: Worker): void {
    const count = Atomics.load(this.pulse, beats);
    this.#silentLooks = count === this.#seen ? this.#silentLooks + 1 : 0;
    this.#seen = count;
    if (this.#silentLooks !== looks) return;
    this.#isLost = true;
    const seconds = Math.round(this.#stallMs / 1000);
    const message = `The recognizer went no further for ${seconds} s and is given up: a step of its model may have no end. Load one again.`;
    this.onStall(new UndertoneError("model-invalid", message));
    void worker.terminate();
  }

  readonly #end = (): void => {
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.off("exit", this.#leave);
    this.#forget();
  };

  /** Waits for the end of the thread's step; a process that could not exit is killed. */
  readonly #leave = (): void => {
    const { pulse } = this;
    const seen = Atomics.load(pulse, beats);
    if (Atomics.load(pulse, tasks) <= 0) return;
    const waitMs = this.#isLost ? 0 : mostExitMs;
    if (Atomics.wait(pulse, beats, seen, waitMs) !== "timed-out") return;
    writeSync(2, "undertone: a step of a model does not end: the process is killed.\n");
    process.kill(process.pid, "SIGKILL");
  };
}
