import { noIntervalReason, type Estimate } from "../../evaluation/bootstrap.ts";
import { estimateOf } from "../../evaluation/evaluation.ts";
import { metricsIn, percent } from "../../evaluation/metrics.ts";
import { html, type Html } from "./html.ts";
import type { ReportInput } from "./report.ts";

/** Returns the head of the page: what was tested, the headline score, warnings that change its meaning. */
export function headline(input: ReportInput): Html {
  const { evaluation, labels } = input;
  const { unweightedAverageRecall: score } = evaluation;
  const others = metricsIn("report").filter(({ key }) => key !== "unweightedAverageRecall");
  return html`<header>
    <p class="kicker">Speech emotion recognition: evaluation report</p>
    <h1>${input.name}</h1>
    <p class="lead">
      ${input.corpus} · protocol <b>${input.protocol}</b> · ${evaluation.clips} test clips of
      ${evaluation.speakers} speakers · ${labels.length} emotions
    </p>
    ${input.leaky ? leakyBanner : undefined}
    ${input.warnings.map((warning) => html`<p class="banner" role="note">${warning}</p>`)}
    <div class="headline">
      <div>
        <p class="what">Unweighted average recall (UAR)</p>
        <p class="score">${percent(score.value)}<small> %</small></p>
        <p class="interval">${intervalSentence(score, evaluation.speakers)}</p>
      </div>
      <dl class="numbers">
        ${others.map(({ name, key, format }) => number(name, estimateOf(evaluation, key), format))}
        <div>
          <dt>Chance level</dt>
          <dd>${percent(1 / labels.length)} % <small>1 of ${labels.length}</small></dd>
        </div>
      </dl>
    </div>
    <p class="lead splits">
      UAR is the mean recall over emotions, so a frequent emotion counts no more than a rare one.
      ${splitSentence(input)}
    </p>
  </header>`;
}

/** Returns what the model was trained on, beside the test clips. */
export function splitSentence({
  leaky,
  textOnly,
  trainedOn,
}: Pick<ReportInput, "leaky" | "textOnly" | "trainedOn">): string {
  if (trainedOn) {
    return trainedOn.length > 0
      ? `The model was trained on ${trainedOn.join(" and ")} and on no clip of this corpus.`
      : "The training data of the model is not known.";
  }
  if (leaky) return "The training split holds other clips of the test speakers.";
  return textOnly
    ? "The test texts are the corpus's own test split."
    : "All test speakers are unseen: none of their clips is in the training split.";
}

/** Says that test speakers were in training. */
export const leakyBanner = html`<p class="banner" role="note">
  <strong>Leaky split: the test speakers are in the training split</strong> The clips were split at
  random, so the model may have learned voices instead of emotions. These scores say nothing about
  unseen speakers; do not compare them with speaker-independent ones.
</p>`;

function number(
  name: string,
  { value, low, high }: Estimate,
  format: (value: number) => string,
): Html {
  const interval =
    low === undefined || high === undefined
      ? undefined
      : html`<small>${format(low)} to ${format(high)}</small>`;
  return html`<div>
    <dt>${name}</dt>
    <dd>${format(value)}${format === percent ? " %" : ""} ${interval}</dd>
  </div>`;
}

function intervalSentence({ low, high }: Estimate, speakers: number): string {
  return low === undefined || high === undefined
    ? sentenceOf(noIntervalReason(speakers) ?? "every draw of speakers scores the same")
    : `95 % interval ${percent(low)} to ${percent(high)}, bootstrap over ${speakers} speakers`;
}

/** Returns a text with a capital and a period. */
export const sentenceOf = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}.`;
