import { availableParallelism, platform } from "node:os";
import { measure, type Measured } from "../measure.ts";
import { measureAnalyze } from "../measure-command.ts";
import { fastest, fastestOf, type Comparison } from "../rounds.ts";
import { recordingSec, type AnalysisInputs } from "../subjects/analysis-recordings.ts";

/** `rate` is in multiples of real time. */
interface AnalysisRow extends Measured {
  readonly recording: string;
}

export interface AnalysisSection {
  readonly model: string;
  readonly recordingSec: number;
  readonly rows: readonly AnalysisRow[];
  /** With words by one thread, in parts; null without recordings of speech. */
  readonly words: Measured | null;
  readonly live: readonly LiveRow[];
  /** With 1, 2, 4 … cores of this machine; none where processes cannot be pinned to some. */
  readonly scaling: readonly ScalingRow[];
}

/** `rate` is in multiples of real time. */
interface ScalingRow {
  readonly rate: number;
  readonly task: "one recording with words" | "a folder, voice only";
  readonly cores: number;
}

/** `rate` is in seconds of sound per second of processor time. */
interface LiveRow extends Measured {
  readonly model: string;
  readonly withWords: boolean;
}

const pinnedCores =
  platform() === "linux" ? [1, 2, 4, 8].filter((cores) => cores <= availableParallelism()) : [];

const liveModels = ["small", "default"] as const;

/** Undertone alone. */
export function compareAnalysis({
  recordings,
  model,
  folder,
  speech,
}: AnalysisInputs): Comparison<AnalysisSection> {
  const rows: AnalysisRow[] = [];
  const words: Measured[] = [];
  const live: LiveRow[] = [];
  const scaling: ScalingRow[] = [];
  async function measureScaling(cores: number): Promise<void> {
    const add = async (task: ScalingRow["task"], ...given: string[]): Promise<void> => {
      const { seconds } = await measureAnalyze(given, cores);
      scaling.push({ task, cores, rate: recordingSec / seconds });
    };
    await add("a folder, voice only", folder, "--no-transcript", "--jobs", String(cores));
    if (speech) await add("one recording with words", speech.recording);
  }
  async function measureLive(recording: string, withWords: boolean): Promise<void> {
    for (const name of liveModels) {
      const measured = await measure("live", { recording, model: name, withWords });
      live.push({ model: name, withWords, ...measured });
    }
  }
  return {
    round: async ({ report }) => {
      for (const { format, path } of recordings) {
        const measured = await measure("analysis", { recording: path, model: model.path });
        rows.push({ recording: format, ...measured });
        report(`analysis of ${format}: ${measured.rate.toFixed(1)} times real time`);
      }
      for (const cores of pinnedCores) await measureScaling(cores);
      await measureLive(speech?.recording ?? recordings[0]!.path, false);
      if (speech === undefined) return [];
      await measureLive(speech.recording, true);
      const measured = await measure("words", { recording: speech.recording });
      words.push(measured);
      report(`analysis with words by one thread: ${measured.rate.toFixed(1)} times real time`);
      return [];
    },
    section: () => ({
      model: model.name,
      recordingSec,
      rows: fastest(rows, ({ recording }) => [recording]),
      words: fastestOf(words) ?? null,
      scaling: fastest(scaling, ({ task, cores }) => [task, cores]),
      live: fastest(live, (row) => [row.model, row.withWords]),
    }),
  };
}
