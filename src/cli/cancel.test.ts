import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cancellable } from "./cancel.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => void vi.useRealTimers().restoreAllMocks());

/** Work that never looks at its signal. */
const endless = (): Promise<never> => new Promise(() => undefined);

/** Work of a minute. */
const slow = async (): Promise<string> => {
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  return "all done";
};

/** Calls what the last one installed: others may listen too. */
const interrupt = (): void => process.listeners("SIGINT").at(-1)!("SIGINT");

test("work at a step that has no end is left within a second", async () => {
  const working = cancellable(endless, () => "Try again.");
  const ended = working.catch((error: unknown) => error);
  interrupt();
  await vi.advanceTimersByTimeAsync(999);
  expect(await ended).toMatchObject({ code: "cancelled", message: "Stopped. Try again." });
});

test("what has to be finished is waited for", async () => {
  const working = cancellable(slow, undefined, { finishes: true });
  interrupt();
  await vi.advanceTimersByTimeAsync(60_000);
  await expect(working).resolves.toBe("all done");
});
