import { measure, type Measured } from "./own-process.ts";
import { runTextPeer } from "./peers/run-peer.ts";
import { counted, type Round, type RoundOptions } from "./rounds.ts";

/** `rate` is in utterances per second. */
export interface TextRow extends Measured {
  /** `Undertone`, or PyTorch's version. */
  readonly implementation: string;
  /** How PyTorch was tuned, `plain` as it is installed; ours has none. */
  readonly variant?: string;
  readonly threads: number;
}

/** Ours, then PyTorch's, for each number of threads in turn. */
export async function textRound({
  seconds,
  threads: counts,
  report,
}: RoundOptions): Promise<Round<TextRow>> {
  const rows: TextRow[] = [];
  const warnings: string[] = [];
  for (const threads of counts) {
    const measured = await measure("textTraining", { threads, seconds });
    rows.push({ implementation: "Undertone", threads, ...measured });
    const peer = await runTextPeer({ secondsEach: seconds, threads: [threads] });
    warnings.push(...peer.warnings);
    for (const { torch, variant, utterancesPerSec: rate, peakMemoryMb } of peer.records)
      rows.push({ implementation: `PyTorch ${torch}`, variant, threads, rate, peakMemoryMb });
  }
  for (const { implementation, variant = "", threads, rate } of rows)
    report(`text training, ${counted(threads)}, ${implementation} ${variant}: ${rate.toFixed(1)}`);
  return { rows, warnings };
}
