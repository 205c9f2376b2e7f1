import type { LogMel } from "../../evaluation/charts/spectrogram.ts";
import type { Evaluation } from "../../evaluation/evaluation.ts";
import { headline } from "./headline.ts";
import { html, Html } from "./html.ts";
import { calibrationSection, confusionSection, speakerSection } from "./scores.ts";
import { style } from "./style.ts";
import { learningSection } from "./learning.ts";
import { mistakesSection } from "./mistakes.ts";
import { repeatSection } from "./repeat.ts";

/** One epoch of a fold, as the curves show it. */
export interface ReportEpoch {
  readonly epoch: number;
  readonly train: { readonly loss: number; readonly unweightedAverageRecall: number };
  readonly validation?:
    | { readonly loss: number; readonly unweightedAverageRecall: number }
    | undefined;
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

/** A clip that the model was sure of and wrong about; `logMel` where its audio could be read. */
export interface Mistake {
  readonly id: string;
  readonly actual: string;
  readonly predicted: string;
  readonly confidence: number;
  readonly logMel?: LogMel | undefined;
}

/** All that a report says. */
export interface ReportInput {
  readonly name: string;
  readonly corpus: string;
  readonly protocol: string;
  /** Whether speakers stand on both sides of the split. */
  readonly leaky: boolean;
  /** Whether it is about texts alone, so that nobody's voice could be known. */
  readonly reads: boolean;
  /** Other corpora that the model was trained on before, where it was tested as it is; none where it does not say. */
  readonly trainedOn?: readonly string[] | undefined;
  readonly labels: readonly string[];
  readonly evaluation: Evaluation;
  readonly folds: readonly ReportFold[];
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly string[];
  readonly command: string;
  readonly recipe: unknown;
  /** What else it takes to repeat the run: seed, versions, machine, … */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** A run's report: one page that asks nothing of the network, for light, dark, phone and paper. */
export function renderReport(input: ReportInput): string {
  const page: Html = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="undertone" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${input.name}: emotion recognition on ${input.corpus}</title>
        <style>
          ${styleSheet}
        </style>
      </head>
      <body>
        ${headline(input)}
        <main>
          ${learningSection(input.folds)} ${confusionSection(input.evaluation, input.labels)}
          ${speakerSection(input.evaluation)} ${calibrationSection(input.evaluation)}
          ${mistakesSection(input.mistakes)} ${repeatSection(input)}
        </main>
        <footer>
          Written by <b>undertone</b> from the run folder; every number in it can be computed again
          with <code>undertone evaluate</code>.
        </footer>
      </body>
    </html> `;
  return page.text;
}

const styleSheet = new Html(style);
