import { expect } from "vitest";

/** Fails where numbers of two results differ by more than half of the decimal place. */
export function expectSame(actual: unknown, expected: unknown, places = 4): void {
  const asymmetric: unknown = JSON.parse(JSON.stringify(expected), (_, value: unknown) =>
    Number.isFinite(value) ? expect.closeTo(Number(value), places) : value,
  );
  expect(actual).toEqual(asymmetric);
}
