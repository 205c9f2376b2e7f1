import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { cpuSchema, secondsOf } from "./own-cpu.ts";

const messageSchema = z.object({ latenciesMs: z.array(z.number()), cpu: cpuSchema });

interface HealthWatch {
  readonly latenciesMs: readonly number[];
  /** Of the process that asked. */
  readonly cpuSec: number;
}

const program = fileURLToPath(new URL("health-child.ts", import.meta.url));

/**
 * Asks a server for its health in a process of its own, so that what is measured is not the clients' own work. The function that
 * is returned stops, and resolves to how long each answer took, in milliseconds.
 */
export function watchHealth(url: string): () => Promise<HealthWatch> {
  const child = fork(program, [url]);
  return async () => {
    child.send("stop");
    const [message]: unknown[] = await once(child, "message");
    const { latenciesMs, cpu } = messageSchema.parse(message);
    return { latenciesMs, cpuSec: secondsOf(cpu) };
  };
}
