import { runLogMelPeers, runTransformersPeer } from "../../peers/run-peer.ts";
import { measure, type Measured } from "../measure.ts";
import { counted, fastest, type Comparison } from "../rounds.ts";
import type { LogMelSetting } from "../subjects/log-mel.ts";

/** `rate` is in clips of 4.096 s per second. */
export interface LogMelRow extends Measured, LogMelSetting {
  readonly implementation: string;
  readonly threads: number;
  /** Clips at once; of Undertone each size, of the others the fastest of 1, 8 and 32. */
  readonly batch: number;
}

export interface LogMelSection {
  readonly rows: readonly LogMelRow[];
}

/** The reference pipeline's features and those common in speech recognition. */
const settings: readonly LogMelSetting[] = [
  { nFft: 1024, winLength: 1024, hopLength: 256, nMels: 128 },
  { nFft: 512, winLength: 400, hopLength: 160, nMels: 64 },
];
const batches = [1, 32];

/** Undertone, then the peers in Python, then transformers.js. */
export function compareLogMel(): Comparison<LogMelSection> {
  const rows: LogMelRow[] = [];
  return {
    round: async ({ seconds, threads: counts, report }) => {
      const add = (row: LogMelRow): void => {
        rows.push(row);
        const { implementation, nFft, threads, batch, rate } = row;
        const setting = `log-mel of ${nFft}, ${counted(threads)}, batch ${batch}`;
        report(`${setting}, ${implementation}: ${rate.toFixed(1)}`);
      };
      for (const setting of settings) {
        for (const threads of counts) {
          for (const batch of batches) {
            const measured = await measure("logMel", { setting, batch, threads, seconds });
            add({ implementation: "Undertone", ...setting, threads, batch, ...measured });
          }
        }
      }
      const python = await runLogMelPeers({ secondsEach: seconds, threads: counts });
      const transformers = await runTransformersPeer(seconds);
      for (const record of [...python.records, ...transformers.records]) {
        const { peer, version, clipsPerSec: rate, ...setting } = record;
        add({ implementation: `${peer} ${version}`, ...setting, rate });
      }
      return [...python.warnings, ...transformers.warnings];
    },
    section: () => ({ rows: fastest(rows, keyOf) }),
  };
}

/** The peers try several batch sizes, of which the fastest counts. */
const keyOf = ({ implementation, nFft, threads, batch }: LogMelRow): unknown[] => [
  implementation,
  nFft,
  threads,
  implementation === "Undertone" ? batch : "any",
];
