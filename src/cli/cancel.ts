import { UndertoneError } from "../shared/errors.ts";
import { exitCodes } from "./exit-codes.ts";

/**
 * Does work that Ctrl-C cancels by the signal; a second Ctrl-C leaves at once.
 * @param hint what to do after a stop, as things are then
 * @throws UndertoneError `cancelled` with the hint, and what the work throws
 */
export async function cancellable<T>(
  work: (signal: AbortSignal) => Promise<T>,
  hint: () => string | Promise<string> = () => "The same command starts again.",
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled);
    process.stderr.write("\nStopping. Press Ctrl-C again to leave at once.\n");
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code !== "cancelled") throw error;
    throw new UndertoneError("cancelled", `Stopped. ${await hint()}`, { cause: error });
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
