import type { LogMelSetting } from "./log-mel.ts";
import { measure, type Measured } from "./own-process.ts";
import { runLogMelPeers, runTransformersPeer } from "./peers/run-peer.ts";
import { counted, fastest, type Round, type RoundOptions } from "./rounds.ts";

/** `rate` is in clips of 4.096 s per second. */
export interface LogMelRow extends Measured, LogMelSetting {
  readonly implementation: string;
  readonly threads: number;
  /** Clips at once; of ours each size, of the others the fastest of 1, 8 and 32. */
  readonly batch: number;
}

/** The brief's features and those common in speech recognition. */
const settings: readonly LogMelSetting[] = [
  { nFft: 1024, winLength: 1024, hopLength: 256, nMels: 128 },
  { nFft: 512, winLength: 400, hopLength: 160, nMels: 64 },
];
const batches = [1, 32];

/** Ours, then those in Python, then transformers.js. */
export async function logMelRound({
  seconds,
  threads: counts,
  report,
}: RoundOptions): Promise<Round<LogMelRow>> {
  const rows: LogMelRow[] = [];
  for (const setting of settings) {
    for (const threads of counts) {
      for (const batch of batches) {
        const measured = await measure("logMel", { setting, batch, threads, seconds });
        rows.push({ implementation: "Undertone", ...setting, threads, batch, ...measured });
      }
    }
  }
  const python = await runLogMelPeers({ secondsEach: seconds, threads: counts });
  const transformers = await runTransformersPeer(seconds);
  for (const record of [...python.records, ...transformers.records]) {
    const { peer, version, clipsPerSec: rate, ...facts } = record;
    rows.push({ implementation: `${peer} ${version}`, ...facts, rate });
  }
  for (const { implementation, nFft, threads, batch, rate } of rows) {
    const what = `log-mel of ${nFft}, ${counted(threads)}, batch ${batch}, ${implementation}`;
    report(`${what}: ${rate.toFixed(1)}`);
  }
  return { rows, warnings: [...python.warnings, ...transformers.warnings] };
}

/** The fastest round of each: of the peers, which try several sizes of batch, with any. */
export function fastestLogMel(rows: readonly LogMelRow[]): LogMelRow[] {
  return fastest(rows, ({ implementation, nFft, threads, batch }) => [
    implementation,
    nFft,
    threads,
    implementation === "Undertone" ? batch : "any",
  ]);
}
