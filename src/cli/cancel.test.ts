import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cancellable } from "./cancel.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => void vi.useRealTimers().restoreAllMocks());

/** Work that never looks at its signal. */
const endless = (): Promise<never> => new Promise(() => undefined);

/** Calls what the last one installed: others may listen too. */
const interrupt = (): void => process.listeners("SIGINT").at(-1)!("SIGINT");

test("work at a step that has no end is left within a second", async () => {
  const working = cancellable(endless, () => "Try again.");
  const ended = expect(working).rejects.toMatchObject({
    code: "cancelled",
    message: "Stopped. Try again.",
  });
  interrupt();
  await vi.advanceTimersByTimeAsync(999);
  await ended;
});

test("what has to be finished is waited for", async () => {
  let finish = (_: string): void => undefined;
  const work = (): Promise<string> => new Promise((resolve) => (finish = resolve));
  const working = cancellable(work, undefined, { finishes: true });
  interrupt();
  await vi.advanceTimersByTimeAsync(60_000);
  finish("all done");
  await expect(working).resolves.toBe("all done");
});
