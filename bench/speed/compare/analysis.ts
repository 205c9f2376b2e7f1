import { measure, type Measured } from "../measure.ts";
import { fastest, type Comparison } from "../rounds.ts";
import { recordingSec, type AnalysisInputs } from "../subjects/analysis-recordings.ts";

/** `rate` is in multiples of real time. */
interface AnalysisRow extends Measured {
  readonly recording: string;
}

export interface AnalysisSection {
  readonly model: string;
  readonly recordingSec: number;
  readonly rows: readonly AnalysisRow[];
}

/** Undertone alone. */
export function compareAnalysis({
  recordings,
  model,
}: AnalysisInputs): Comparison<AnalysisSection> {
  const rows: AnalysisRow[] = [];
  return {
    round: async ({ report }) => {
      for (const { format, path } of recordings) {
        const measured = await measure("analysis", { recording: path, model: model.path });
        rows.push({ recording: format, ...measured });
        report(`analysis of ${format}: ${measured.rate.toFixed(1)} times real time`);
      }
      return [];
    },
    section: () => ({
      model: model.name,
      recordingSec,
      rows: fastest(rows, ({ recording }) => [recording]),
    }),
  };
}
