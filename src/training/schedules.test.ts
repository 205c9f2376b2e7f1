import { describe, expect, test } from "vitest";
import { learningRateFactor, type ScheduleOptions } from "./schedules.ts";

const at = (schedule: ScheduleOptions, progress: number): number =>
  learningRateFactor(schedule, { progress, epoch: 0, validationLosses: [] });

test("constant stays", () => {
  expect(at({ kind: "constant" }, 0)).toBe(1);
  expect(at({ kind: "constant" }, 0.99)).toBe(1);
});

test("step falls by its factor at each multiple of its epochs", () => {
  const factors = [0, 4, 5, 9, 10, 14].map((epoch) =>
    learningRateFactor(
      { kind: "step", everyEpochs: 5, factor: 0.1 },
      { progress: 0, epoch, validationLosses: [] },
    ),
  );
  for (const [i, factor] of [1, 1, 0.1, 0.1, 0.01, 0.01].entries()) {
    expect(factors[i]).toBeCloseTo(factor, 12);
  }
});

describe("cosine", () => {
  const cosine = { kind: "cosine", warmUpShare: 0.1, finalShare: 0.01 } as const;

  test("rises in a line to the peak, passes the middle half-way and ends at its share", () => {
    expect(at(cosine, 0)).toBe(0);
    expect(at(cosine, 0.05)).toBeCloseTo(0.5, 12);
    expect(at(cosine, 0.1)).toBeCloseTo(1, 12);
    expect(at(cosine, 0.55)).toBeCloseTo((1 + 0.01) / 2, 12);
    expect(at(cosine, 1)).toBeCloseTo(0.01, 12);
  });

  test("starts at the peak without a warm-up", () => {
    expect(at({ ...cosine, warmUpShare: 0 }, 0)).toBe(1);
  });

  test("with nothing but a warm-up rises to the end", () => {
    expect(at({ ...cosine, warmUpShare: 1 }, 0.999)).toBeCloseTo(0.999, 12);
  });
});

test("one-cycle has the corners of PyTorch's OneCycleLR", () => {
  // torch.optim.lr_scheduler.OneCycleLR: div_factor 25, final_div_factor 1e4, pct_start 0.3.
  const oneCycle = { kind: "one-cycle", warmUpShare: 0.3 } as const;
  expect(at(oneCycle, 0)).toBeCloseTo(1 / 25, 12);
  expect(at(oneCycle, 0.15)).toBeCloseTo((1 + 1 / 25) / 2, 12);
  expect(at(oneCycle, 0.3)).toBeCloseTo(1, 12);
  expect(at(oneCycle, 0.65)).toBeCloseTo((1 + 1 / 25e4) / 2, 12);
  expect(at(oneCycle, 1)).toBeCloseTo(1 / 25e4, 12);
});

const factorAfter = (...validationLosses: number[]): number =>
  learningRateFactor(
    { kind: "reduce-on-plateau", factor: 0.5, patience: 2 },
    { progress: 0, epoch: validationLosses.length, validationLosses },
  );

describe("reduce-on-plateau", () => {
  test("waits while the loss improves, and for `patience` epochs that do not", () => {
    expect(factorAfter()).toBe(1);
    expect(factorAfter(3, 2, 1)).toBe(1);
    expect(factorAfter(1, 1, 2)).toBe(1);
  });

  test("falls at the next, as PyTorch's ReduceLROnPlateau does, and starts to wait anew", () => {
    expect(factorAfter(1, 1, 1, 1)).toBe(0.5);
    expect(factorAfter(1, 2, 2, 2, 2, 2)).toBe(0.5);
    expect(factorAfter(1, 2, 2, 2, 2, 2, 2)).toBe(0.25);
    expect(factorAfter(1, 2, 2, 2, 0.5, 1, 1)).toBe(0.5);
  });
});
