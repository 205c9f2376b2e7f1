import { Worker } from "node:worker_threads";

/**
 * A thread, since the main one may be in a loop that has no end: it ends the process when the parent has gone, and when it
 * takes more memory than it may, before the system ends others for it.
 */
const guard = `
  const { workerData } = require("node:worker_threads");
  const { totalmem } = require("node:os");
  const { parent, mostBytes } = workerData;
  const limits = [totalmem(), process.constrainedMemory?.() ?? 0].filter((bytes) => bytes > 0);
  const limit = Math.min(mostBytes, 0.8 * Math.min(...limits));
  const isGone = () => {
    if (process.ppid !== parent) return true;
    try {
      process.kill(parent, 0);
      return false;
    } catch (error) {
      return error.code === "ESRCH";
    }
  };
  setInterval(() => {
    if (isGone() || process.memoryUsage.rss() > limit) process.kill(process.pid, "SIGKILL");
  }, 500);
`;

/** Sends a message to the parent, and ends when that has gone. */
export function tellParent(message: object): void {
  process.send?.(message, undefined, {}, (error) => {
    if (error !== null) process.exit();
  });
}

const tellAlive = (): void => tellParent({ kind: "alive" });

/**
 * Makes this process one that ends with its parent, that stays below a limit of memory, and that tells now and each second
 * that it is `alive`, as long as its work goes on in steps.
 * @param mostBytes by default 80 % of the machine's
 */
export function guardWorker({ mostBytes = Infinity }: { readonly mostBytes?: number } = {}): void {
  // The terminal sends Ctrl-C to the worker as well; when to stop is for the parent to say.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit());
  tellAlive();
  setInterval(tellAlive, 1000).unref();
  const workerData = { parent: Number(process.argv[2]), mostBytes };
  new Worker(guard, { eval: true, workerData }).unref();
}
