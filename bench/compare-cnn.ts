import { workOfCnn } from "./cnn.ts";
import { measure } from "./own-process.ts";
import { runCnnPeer } from "./peers/run-peer.ts";
import { ratiosOf, type PeerRow, type Ratio } from "./ratios.ts";
import { counted, fastest, type Round, type RoundOptions } from "./rounds.ts";

const tasks = ["training", "inference"] as const;
type Task = (typeof tasks)[number];

/** `rate` is in clips per second, or in GFLOP/s where the subject is the matrix product. */
export interface CnnRow extends PeerRow {
  readonly task: Task | "matMul";
}

/** Ours, then PyTorch's, for each number of threads in turn. */
export async function cnnRound({
  seconds,
  threads: counts,
  report,
}: RoundOptions): Promise<Round<CnnRow>> {
  const rows: CnnRow[] = [];
  const warnings: string[] = [];
  for (const threads of counts) {
    // The yardstick twice: a disturbed one would flatter everybody.
    for (const task of ["matMul", ...tasks, "matMul"] as const) {
      const measured = await measure(task, { threads, seconds });
      rows.push({ task, implementation: "Undertone", threads, ...measured });
      report(`${task}, ${counted(threads)}: ${measured.rate.toFixed(1)}`);
    }
    const peer = await runCnnPeer({ secondsEach: seconds, threads: [threads] });
    warnings.push(...peer.warnings);
    for (const record of peer.records) {
      const implementation = `PyTorch ${record.torch}`;
      for (const { task, variant, clipsPerSec: rate, peakMemoryMb, error } of record.variants) {
        if (rate === undefined || peakMemoryMb === undefined) {
          warnings.push(`${implementation} failed in ${task}, ${variant}: ${error}`);
          continue;
        }
        rows.push({ task, implementation, variant, threads, rate, peakMemoryMb });
        report(`${task}, ${counted(threads)}, ${implementation} ${variant}: ${rate}`);
      }
    }
  }
  return { rows, warnings };
}

export interface CnnSection {
  readonly batchSize: number;
  /** Floating-point operations of one clip: its inference, a third of its training. */
  readonly forwardFlop: number;
  /** The fastest round of each; `shareOfPeak` is of what the matrix product reaches with as many threads. */
  readonly rows: readonly (CnnRow & { readonly shareOfPeak: number })[];
  readonly ratios: readonly Ratio[];
}

export async function cnnSection(measured: readonly CnnRow[]): Promise<CnnSection> {
  const { batchSize, forwardFlop } = await workOfCnn();
  const best = fastest(measured, ({ task, variant, threads }) => [task, variant, threads]);
  const perUnit = { training: 3 * forwardFlop, inference: forwardFlop, matMul: 1e9 };
  const rows = best.map((row) => {
    const peak = best.find(({ task, threads }) => task === "matMul" && threads === row.threads)!;
    return { ...row, shareOfPeak: (row.rate * perUnit[row.task]) / (peak.rate * 1e9) };
  });
  return { batchSize, forwardFlop, rows, ratios: ratiosOf(best) };
}
