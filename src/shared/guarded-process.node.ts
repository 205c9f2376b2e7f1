import { fork, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** Longer than a step of any decoder or model takes, also where other work slows it. */
const defaultStallMs = 120_000;

/** How often silence is looked for in that time. */
const looks = 20;

/** Why a process does not answer; the message follows what it was at. */
export class ProcessEnd extends Error {
  readonly kind: "not-started" | "ended" | "stalled";

  constructor(kind: ProcessEnd["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

interface ProcessOptions {
  /** How messages are written: `advanced` keeps arrays of numbers as they are. */
  readonly serialization: "json" | "advanced";
  /** A process that is waited for and tells nothing for so long has no end: it is ended. */
  readonly stallMs?: number | undefined;
}

/**
 * A process whose program calls `guardWorker`, for one task at a time: what crashes it, or has no end, loses that task only.
 * It holds nobody up: without work it ends with this process.
 */
export class GuardedProcess<Task extends object, Answer extends { readonly kind: string }> {
  readonly #child: ChildProcess;
  readonly #stallMs: number;
  readonly #answers: Answer[] = [];
  #end: ProcessEnd | undefined;
  #hasSpoken = false;
  #silentLooks = 0;
  #wake = (): void => undefined;

  /** @param program a module, TypeScript or built */
  constructor(program: URL, { serialization, stallMs = defaultStallMs }: ProcessOptions) {
    this.#stallMs = stallMs;
    this.#child = forked(program, serialization);
    this.#child.unref();
    this.#child.channel?.unref();
    // The only listeners, however many tasks there are.
    this.#child.on("message", (message: Answer) => {
      this.#hasSpoken = true;
      this.#silentLooks = 0;
      if (message.kind !== "alive") this.#answers.push(message);
      this.#wake();
    });
    this.#child.on("exit", (code, signal) => this.#finish(signal ?? `exit code ${code}`));
    this.#child.on("error", ({ message }) => this.#finish(message));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can still be told something. */
  get isAlive(): boolean {
    return this.#end === undefined && this.#child.connected;
  }

  tell(task: Task): void {
    // A process that ended just now is noticed by its exit.
    if (this.isAlive) this.#child.send(task, () => undefined);
  }

  /** Resolves to its next answer. @throws ProcessEnd where there is none */
  async next(): Promise<Answer> {
    this.#silentLooks = 0;
    const watch = setInterval(() => this.#look(), this.#stallMs / looks);
    try {
      while (this.#answers.length === 0 && this.#end === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearInterval(watch);
    }
    const answer = this.#answers.shift();
    if (answer === undefined) throw this.#end!;
    return answer;
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  /** Counts looks, not time: after a night asleep, or held by Ctrl-Z, both go on where they were. */
  #look(): void {
    this.#silentLooks++;
    if (this.#silentLooks < looks) return;
    const seconds = Math.round(this.#stallMs / 1000);
    this.#end ??= new ProcessEnd("stalled", `went no further for ${seconds} s and was ended`);
    this.stop();
    this.#wake();
  }

  #finish(how: string): void {
    this.#end ??= this.#hasSpoken
      ? new ProcessEnd("ended", `ended its process (${how})`)
      : new ProcessEnd("not-started", `needs a process, which could not be started (${how})`);
    this.#wake();
  }
}

/** Little room for young objects, which are few beside arrays, and `gc` to give back what loading left. */
const leanHeap = ["--max-semi-space-size=1", "--expose-gc"];

function forked(program: URL, serialization: ProcessOptions["serialization"]): ChildProcess {
  const isSource = program.pathname.endsWith(".ts");
  return fork(fileURLToPath(program), [String(process.pid)], {
    // Whatever this process was started with; sources need what compiles them.
    execArgv: [
      ...leanHeap,
      ...(isSource ? ["--import", createRequire(import.meta.url).resolve("tsx")] : []),
    ],
    // Of glibc: blocks of this size on are given back to the system when they are free, such as those of a loaded model's file.
    env: { ...process.env, MALLOC_MMAP_THRESHOLD_: String(2 ** 21) },
    // What a library prints when it crashes is for its developers.
    stdio: ["ignore", "ignore", process.env["DEBUG"] ? "inherit" : "ignore", "ipc"],
    serialization,
  });
}
