import { expect, test } from "vitest";
import { RateLimiter } from "./rate-limiter.ts";

test("each key has its own burst, and then one every so often", () => {
  let nowMs = 0;
  const limiter = new RateLimiter(60, () => nowMs);
  const taken = Array.from({ length: 11 }, () => limiter.take("a"));
  expect(taken).toEqual([...Array<number>(10).fill(0), 1]);
  expect(limiter.take("b")).toBe(0);
  nowMs += 1000;
  expect([limiter.take("a"), limiter.take("a")]).toEqual([0, 1]);
  nowMs += 60_000;
  expect(Array.from({ length: 11 }, () => limiter.take("a")).at(-1)).toBe(1);
});

test("few a minute are one at a time", () => {
  const limiter = new RateLimiter(2, () => 0);
  expect([limiter.take("a"), limiter.take("a")]).toEqual([0, 30]);
});
