import { expect, test, vi } from "vitest";
import { openQueue } from "./job-queue.ts";

test.each([
  ["redis://127.0.0.1", "ioredis"],
  ["postgres://127.0.0.1/x", "pg"],
] as const)("for a queue at %s, what has to be installed is told", async (url, driver) => {
  vi.doMock(driver, () => {
    throw new Error(`Cannot find package '${driver}'`);
  });
  await expect(openQueue(url)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(`npm install bullmq@6.7.0 ${driver}@`),
  });
});
