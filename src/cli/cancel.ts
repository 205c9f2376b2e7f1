import { exitCodes } from "./exit-codes.ts";

/** Hands a signal to every command: Ctrl-C cancels, a second Ctrl-C leaves at once. */
export function cancelOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.cancelled);
    process.stderr.write("\nStopping. Press Ctrl-C again to leave at once.\n");
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return controller.signal;
}

/** The signal that `main` gave to the running command; without `main` nothing cancels it. */
export function signalOf(context: { readonly data?: unknown }): AbortSignal {
  return context.data instanceof AbortSignal ? context.data : new AbortController().signal;
}
