import { UndertoneError } from "../shared/errors.ts";
import { exitCodes } from "./exit-codes.ts";

/** Work at a step that takes longer is left, and ends with the process: what it keeps is whole at every moment. */
const mostStopMs = 800;

interface CancelOptions {
  /** Whether what is under way is finished, however long that takes. */
  readonly finishes?: boolean;
}

const isCancelled = (error: unknown): boolean =>
  error instanceof UndertoneError && error.code === "cancelled";

/**
 * Does work that Ctrl-C cancels by the signal; a second Ctrl-C leaves at once.
 * @param hint what to do after a stop, as things are then
 * @throws UndertoneError `cancelled` with the hint, and what the work throws
 */
export async function cancellable<T>(
  work: (signal: AbortSignal) => Promise<T>,
  hint: () => string | Promise<string> = () => "The same command starts again.",
  { finishes = false }: CancelOptions = {},
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let leave: (error: UndertoneError) => void;
  const left = new Promise<never>((_, reject) => (leave = reject));
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled);
    process.stderr.write("\nStopping. Press Ctrl-C again to leave at once.\n");
    controller.abort();
    // Where nothing is left to wait for, the process ends here and now.
    process.exitCode = exitCodes.cancelled;
    if (finishes) return;
    timer = setTimeout(() => leave(new UndertoneError("cancelled", "Cancelled.")), mostStopMs);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const { exitCode } = process;
  try {
    const result = await Promise.race([work(controller.signal), left]);
    process.exitCode = exitCode;
    return result;
  } catch (error) {
    // Work that is stopped may fail in its own way.
    const isStopped = controller.signal.aborted && error instanceof UndertoneError;
    if (!isStopped && !isCancelled(error)) throw error;
    throw new UndertoneError("cancelled", `Stopped. ${await hint()}`, { cause: error });
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
