import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const program = fileURLToPath(new URL("health-child.ts", import.meta.url));

/**
 * Asks a server for its health in a process of its own, so that what is measured is not the clients' own work. The function that
 * is returned stops, and resolves to how long each answer took, in milliseconds.
 */
export function watchHealth(url: string): () => Promise<number[]> {
  const child = fork(program, [url]);
  return async () => {
    child.send("stop");
    const [message]: unknown[] = await once(child, "message");
    return z.array(z.number()).parse(message);
  };
}
