import { runTorch } from "../../peers/run-peer.ts";
import { measure } from "../measure.ts";
import { ratiosOf, recorder, type PeerRow, type Ratio } from "../ratios.ts";
import { fastest, type Comparison } from "../rounds.ts";
import { cnnOperations } from "../subjects/cnn.ts";

/** `rate` is in clips per second, or in GFLOP/s where the subject is the matrix product. */
export interface CnnRow extends PeerRow {
  readonly task: "training" | "trainingBeside" | "inference" | "matMul";
}

export interface CnnSection {
  readonly batchSize: number;
  /** Floating-point operations of one clip: its inference, a third of its training. */
  readonly forwardFlop: number;
  /** The fastest round of each; `shareOfPeak` is of what the matrix product reaches with as many threads. */
  readonly rows: readonly (CnnRow & { readonly shareOfPeak: number })[];
  readonly ratios: readonly Ratio[];
}

/** Undertone, then PyTorch, for each number of threads in turn. */
export function compareCnn(): Comparison<Promise<CnnSection>> {
  const rows: CnnRow[] = [];
  return {
    round: async (options) => {
      const { seconds, threads: counts } = options;
      const warnings: string[] = [];
      const add = recorder("cnn", rows, options);
      for (const threads of counts) {
        // The yardstick twice: a disturbed one would flatter all implementations.
        for (const task of [
          "matMul",
          "training",
          "trainingBeside",
          "inference",
          "matMul",
        ] as const) {
          const measured = await measure(task, { threads, seconds });
          add({ task, implementation: "Undertone", threads, ...measured });
        }
        const theirs = await runTorch(["cnn.py"], { secondsEach: seconds, threads: [threads] });
        warnings.push(...theirs.warnings);
        for (const row of theirs.records) add(row);
      }
      return warnings;
    },
    section: () => cnnSection(rows),
  };
}

async function cnnSection(measured: readonly CnnRow[]): Promise<CnnSection> {
  const { batchSize, forwardFlop } = await cnnOperations();
  const best = fastest(measured, ({ task, variant, threads }) => [task, variant, threads]);
  const perUnit = {
    training: 3 * forwardFlop,
    trainingBeside: 3 * forwardFlop,
    inference: forwardFlop,
    matMul: 1e9,
  };
  const rows = best.map((row) => {
    const peak = best.find(({ task, threads }) => task === "matMul" && threads === row.threads)!;
    return { ...row, shareOfPeak: (row.rate * perUnit[row.task]) / (peak.rate * 1e9) };
  });
  return { batchSize, forwardFlop, rows, ratios: ratiosOf(best) };
}
