import { fork, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import type { ReadAnswer, ReadTask } from "./decode-child.ts";

const program = new URL("./decode-child.ts", import.meta.url);
const execArgv = ["--import", createRequire(import.meta.url).resolve("tsx")];

/** Reads recordings in another process, which is ended when one takes too long. */
export class ReaderApart {
  #child: ChildProcess | undefined;

  /** Resolves to what came of it; to a word when it crashed or took longer. */
  async read(task: ReadTask, mostSec: number): Promise<ReadAnswer | "crashed" | "too slow"> {
    this.#child ??= fork(program, { serialization: "advanced", execArgv });
    const child = this.#child;
    const answer = await new Promise<ReadAnswer | "crashed" | "too slow">((resolve) => {
      const timer = setTimeout(() => resolve("too slow"), 1000 * mostSec);
      child.once("message", (told: ReadAnswer) => {
        clearTimeout(timer);
        resolve(told);
      });
      child.once("exit", () => {
        clearTimeout(timer);
        resolve("crashed");
      });
      child.send(task);
    });
    child.removeAllListeners("message").removeAllListeners("exit");
    if (typeof answer === "string") this.stop();
    return answer;
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}
