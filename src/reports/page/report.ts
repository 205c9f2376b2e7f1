import type { Evaluation } from "../../evaluation/evaluation.ts";
import { calibrationSection } from "./calibration.ts";
import { confidentErrorsSection, type ConfidentError } from "./confident-errors.ts";
import { confusionSection } from "./confusion.ts";
import { headline } from "./headline.ts";
import { learningCurvesSection } from "./learning-curves.ts";
import { membersSection, type ReportMember } from "./members.ts";
import { renderPage, runFooter } from "./page.ts";
import { foldTable, reproduceSection } from "./reproduce.ts";
import { speakerSection } from "./speakers.ts";

/** Loss and UAR of a split; of dimensions the loss alone. */
interface ReportScores {
  readonly loss: number;
  readonly unweightedAverageRecall?: number | undefined;
}

/** One epoch of a fold. */
export interface ReportEpoch {
  readonly epoch: number;
  readonly train: ReportScores;
  readonly validation?: ReportScores | undefined;
}

/** One fold of a run. */
export interface ReportFold {
  readonly fold: number;
  readonly epochs: readonly ReportEpoch[];
  readonly bestEpoch?: number | undefined;
  readonly testSpeakers: readonly string[];
  readonly clips: number;
  readonly unweightedAverageRecall: number;
  readonly accuracy: number;
  readonly temperature: number;
  readonly seconds: number;
}

/** What a report shows. */
export interface ReportInput {
  readonly name: string;
  readonly corpus: string;
  readonly protocol: string;
  /** Whether test speakers are in the training split. */
  readonly leaky: boolean;
  /** Whether the model takes text only, on the splits of its corpus. */
  readonly textOnly: boolean;
  /** Of a finished model on another corpus: its training corpora; empty where they are not known. */
  readonly trainedOn?: readonly string[] | undefined;
  readonly labels: readonly string[];
  readonly evaluation: Evaluation;
  readonly folds: readonly ReportFold[];
  /** The runs that a fusion or an ensemble combines; none for a single model. */
  readonly members: readonly ReportMember[];
  readonly confidentErrors: readonly ConfidentError[];
  readonly warnings: readonly string[];
  readonly command: string;
  readonly recipe: unknown;
  /** What else reproduces the run: seed, versions, machine, … */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Returns a run's report: one page without network requests, for light, dark, phone and paper. */
export function renderReport(input: ReportInput): string {
  return renderPage({
    title: `${input.name}: emotion recognition on ${input.corpus}`,
    header: headline(input),
    sections: [
      membersSection(input),
      learningCurvesSection(input.folds),
      confusionSection(input.evaluation, input.labels),
      speakerSection(input.evaluation),
      calibrationSection(input.evaluation),
      confidentErrorsSection(input.confidentErrors),
      reproduceSection(input, foldTable(input.folds)),
    ],
    footer: runFooter,
  });
}
