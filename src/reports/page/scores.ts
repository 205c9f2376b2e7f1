import { scoreBarsChart } from "../../evaluation/charts/bars.ts";
import { confusionChart } from "../../evaluation/charts/confusion.ts";
import { percent } from "../../evaluation/charts/plot.ts";
import { reliabilityChart } from "../../evaluation/charts/reliability.ts";
import { selectiveChart } from "../../evaluation/charts/selective.ts";
import type { Estimate, Evaluation, Reliability } from "../../evaluation/evaluation.ts";
import type { Selective } from "../../evaluation/selective.ts";
import { html, Html } from "./html.ts";

/** Which emotions are recognized and which are taken for which. */
export function confusionSection(evaluation: Evaluation, labels: readonly string[]): Html {
  const { confusionMatrix: matrix, perClass } = evaluation;
  const bars = perClass.map(({ label, recall }) => ({ name: label, score: recall }));
  return html`<section>
    <h2>What it takes for what</h2>
    <p>${confusionSentence(matrix, labels)}</p>
    <div class="figures">
      ${figure("Per cent of each true emotion", "A row shows where the clips of one emotion went; a perfect model fills the diagonal with 100.", confusionChart(matrix, labels, "share"))}
      ${figure("Clips", "The same in numbers of clips: how much evidence stands behind each share.", confusionChart(matrix, labels, "clips"))}
      ${figure("Recall of each emotion", "The share of its clips that were recognized, with 95 % intervals; the dotted line is chance.", scoreBarsChart("Recall of each emotion with 95 % intervals.", bars, 1 / labels.length))}
      <div class="wide" style="margin-top:0">
        <table>
          <caption>
            Each emotion
          </caption>
          <thead>
            <tr>
              <th scope="col">emotion</th>
              <th scope="col">precision</th>
              <th scope="col">recall</th>
              <th scope="col">F1</th>
              <th scope="col">clips</th>
            </tr>
          </thead>
          <tbody>
            ${perClass.map(
              (row) =>
                html`<tr>
                  <th scope="row">${row.label}</th>
                  <td>${percent(row.precision)}</td>
                  <td>${percent(row.recall.value)}</td>
                  <td>${percent(row.f1)}</td>
                  <td>${row.support}</td>
                </tr>`,
            )}
          </tbody>
        </table>
        <p class="lead">
          Precision is how often the answer was right when the model gave it; F1 weighs precision
          and recall alike.
        </p>
      </div>
    </div>
  </section>`;
}

function confusionSentence(
  matrix: Evaluation["confusionMatrix"],
  labels: readonly string[],
): string {
  const mixed = matrix
    .flatMap((row, actual) => {
      const support = row.reduce((a, b) => a + b, 0);
      return row.map((clips, predicted) => ({
        actual,
        predicted,
        share: clips / Math.max(1, support),
      }));
    })
    .filter(({ actual, predicted, share }) => actual !== predicted && share > 0)
    .toSorted((a, b) => b.share - a.share)[0];
  return mixed === undefined
    ? "No clip was taken for another emotion."
    : `The most frequent confusion: ${percent(mixed.share)} % of the ${labels[mixed.actual]} clips were heard as ${labels[mixed.predicted]}.`;
}

/** For which voices the model works. */
export function speakerSection({ perSpeaker, bySex, unweightedAverageRecall }: Evaluation): Html {
  const bars = perSpeaker
    .toSorted((a, b) => b.unweightedAverageRecall.value - a.unweightedAverageRecall.value)
    .map((speaker) => ({
      name:
        speaker.sex === undefined
          ? speaker.speakerId
          : `${speaker.speakerId} ${speaker.sex === "female" ? "♀" : "♂"}`,
      score: speaker.unweightedAverageRecall,
    }));
  return html`<section>
    <h2>Whom it understands</h2>
    <p>${speakerSentence(bars)}</p>
    <div class="figures">
      ${figure("Each speaker", "Unweighted average recall of each test speaker, best first, with 95 % intervals over the speaker's clips; the dotted line is the score of all.", scoreBarsChart("Unweighted average recall of each speaker with 95 % intervals.", bars, unweightedAverageRecall.value))}
      ${bySex.length === 0 ? undefined : sexTable(bySex)}
    </div>
  </section>`;
}

function speakerSentence(
  bars: readonly { readonly name: string; readonly score: Estimate }[],
): string {
  const [best, worst] = [bars[0], bars.at(-1)];
  return best === undefined || worst === undefined || best === worst
    ? "There is a single test speaker."
    : `Speakers differ by ${percent(best.score.value - worst.score.value)} points: best is ${best.name} with ${percent(best.score.value)} %, hardest ${worst.name} with ${percent(worst.score.value)} %.`;
}

const sexTable = (bySex: Evaluation["bySex"]): Html =>
  html`<div class="wide" style="margin-top:0">
    <table>
      <caption>
        By sex
      </caption>
      <thead>
        <tr>
          <th scope="col">sex</th>
          <th scope="col">UAR</th>
          <th scope="col">95 % interval</th>
          <th scope="col">accuracy</th>
          <th scope="col">speakers</th>
          <th scope="col">clips</th>
        </tr>
      </thead>
      <tbody>
        ${bySex.map(
          (row) =>
            html`<tr>
              <th scope="row">${row.sex}</th>
              <td>${percent(row.unweightedAverageRecall.value)}</td>
              <td>${range(row.unweightedAverageRecall)}</td>
              <td>${percent(row.accuracy)}</td>
              <td>${row.speakers}</td>
              <td>${row.clips}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="lead">Whether the voices of women and men are recognized alike.</p>
  </div>`;

const reliabilityRow = (name: string, { expectedCalibrationError: error, ...rest }: Reliability) =>
  html`<tr>
    <th scope="row">${name}</th>
    <td>${percent(error.value)}</td>
    <td>${range(error)}</td>
    <td>${rest.negativeLogLikelihood.toFixed(3)}</td>
    <td>${rest.brierScore.toFixed(3)}</td>
  </tr>`;

/** Whether confidence can be believed. */
export function calibrationSection({ calibrated, uncalibrated, selective }: Evaluation): Html {
  return html`<section>
    <h2>How sure it is</h2>
    <p>
      When the model says 70 %, it should be right 70 times of 100. One temperature a fold, fitted
      on validation clips and never on the test set, brings its confidence closer to that.
    </p>
    <div class="figures">
      ${figure("Reliability", html`<span class="key before"></span> before and <span class="key after"></span> after calibration; on the <span class="key mark"></span> dotted diagonal confidence equals accuracy. Larger dots hold more clips.`, reliabilityChart(uncalibrated.bins, calibrated.bins))}
      ${figure("When it may abstain", selectiveCaption(selective), selectiveChart(selective))}
      <div class="wide" style="margin-top:0">
        <table>
          <caption>
            Calibration
          </caption>
          <thead>
            <tr>
              <th scope="col"></th>
              <th scope="col">error, %</th>
              <th scope="col">95 % interval</th>
              <th scope="col">log loss</th>
              <th scope="col">Brier</th>
            </tr>
          </thead>
          <tbody>
            ${reliabilityRow("before", uncalibrated)}${reliabilityRow("after", calibrated)}
          </tbody>
        </table>
        <p class="lead">
          The expected calibration error is the mean distance between confidence and accuracy over
          15 bins. Log loss and the Brier score judge the probabilities themselves. Lower is better
          in all three.
        </p>
      </div>
    </div>
  </section>`;
}

const selectiveCaption = ({ coverageAtHalfRisk }: Selective): Html =>
  coverageAtHalfRisk > 0
    ? html`Wrong answers when only the surest clips are answered. Half as many as over all clips are
        left (<span class="key mark"></span> dotted) when ${percent(coverageAtHalfRisk)} % are
        answered.`
    : html`Wrong answers when only the surest clips are answered. No confidence halves them.`;

const range = ({ low, high }: Estimate): string =>
  low === undefined || high === undefined ? "–" : `${percent(low)} to ${percent(high)}`;

function figure(title: string, caption: string | Html, svg: string): Html {
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      ${caption}
    </figcaption>
    ${new Html(svg)}
  </figure>`;
}
