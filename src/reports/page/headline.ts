import { percent } from "../../evaluation/charts/plot.ts";
import type { Estimate } from "../../evaluation/evaluation.ts";
import { html, type Html } from "./html.ts";
import type { ReportInput } from "./report.ts";

/** The head of the page: what was run, the score that counts, the warnings that change its meaning. */
export function headline(input: ReportInput): Html {
  const { evaluation, labels } = input;
  const { unweightedAverageRecall: score } = evaluation;
  return html`<header>
    <p class="kicker">Emotion recognition from speech: evaluation report</p>
    <h1>${input.name}</h1>
    <p class="lead">
      ${input.corpus} · protocol <b>${input.protocol}</b> · ${evaluation.clips} test clips of
      ${evaluation.speakers} speakers · ${labels.length} emotions
    </p>
    ${input.leaky ? leakyBanner : undefined}
    ${input.warnings.map((warning) => html`<p class="banner" role="note">${warning}</p>`)}
    <div class="headline">
      <div>
        <p class="what">Unweighted average recall</p>
        <p class="score">${percent(score.value)}<small> %</small></p>
        <p class="interval">${intervalSentence(score, evaluation.speakers)}</p>
      </div>
      <dl class="numbers">
        ${number("Accuracy", evaluation.accuracy)} ${number("Macro-F1", evaluation.macroF1)}
        ${number("Calibration error", evaluation.calibrated.expectedCalibrationError)}
        <div>
          <dt>Chance</dt>
          <dd>${percent(1 / labels.length)} % <small>one of ${labels.length}</small></dd>
        </div>
      </dl>
    </div>
    <p class="lead" style="margin-top:1.5rem">
      Unweighted average recall is the share of clips recognized, taken for each emotion by itself
      and then averaged, so that a frequent emotion counts no more than a rare one.
      ${sidesSentence(input)}
    </p>
  </header>`;
}

function sidesSentence({ leaky, reads, trainedOn }: ReportInput): string {
  if (trainedOn) {
    return trainedOn.length > 0
      ? `The model was trained on ${trainedOn.join(" and ")} and on no clip of this corpus.`
      : "What the model was trained on is not known.";
  }
  if (leaky) return "The model had heard other clips of these same voices in training.";
  return reads
    ? "The test texts are those that the corpus keeps for testing; no other side has them."
    : "Every test clip comes from a speaker the model was never trained on.";
}

const leakyBanner = html`<p class="banner" role="note">
  <strong>Leaky split: speakers of the test set were in training</strong> This run was split at
  random, so the model could recognize voices instead of emotions. Its scores say nothing about new
  speakers and must not be compared with speaker-independent ones.
</p>`;

function number(name: string, { value, low, high }: Estimate): Html {
  const range =
    low === undefined || high === undefined
      ? undefined
      : html`<small>${percent(low)} to ${percent(high)}</small>`;
  return html`<div>
    <dt>${name}</dt>
    <dd>${percent(value)} % ${range}</dd>
  </div>`;
}

function intervalSentence({ low, high }: Estimate, speakers: number): string {
  return low === undefined || high === undefined
    ? "No interval: it takes two speakers or more to say how much speakers differ."
    : `95 % interval ${percent(low)} to ${percent(high)}, from resampling the ${speakers} speakers`;
}
