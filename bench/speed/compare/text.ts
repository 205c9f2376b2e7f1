import { runTorch } from "../../peers/run-peer.ts";
import { measure } from "../measure.ts";
import { recorder, type PeerRow } from "../ratios.ts";
import { fastest, type Comparison } from "../rounds.ts";
import { textSetting } from "../subjects/text.ts";

/** `rate` is in utterances per second. */
export interface TextSection {
  readonly batchSize: number;
  readonly length: number;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly rows: readonly PeerRow[];
}

/** Undertone, then PyTorch, for each number of threads in turn. */
export function compareText(): Comparison<TextSection> {
  const rows: PeerRow[] = [];
  return {
    round: async (options) => {
      const { seconds, threads: counts } = options;
      const warnings: string[] = [];
      const add = recorder("text", rows, options);
      for (const threads of counts) {
        const measured = await measure("textTraining", { threads, seconds });
        add({ task: "training", implementation: "Undertone", threads, ...measured });
        const theirs = await runTorch(["text.py"], { secondsEach: seconds, threads: [threads] });
        warnings.push(...theirs.warnings);
        for (const row of theirs.records) add(row);
      }
      return warnings;
    },
    section: () => ({
      ...textSetting,
      rows: fastest(rows, ({ variant, threads }) => [variant, threads]),
    }),
  };
}
