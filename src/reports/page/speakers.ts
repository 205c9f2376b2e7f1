import { scoreBarsChart, type ScoreBar } from "../../evaluation/charts/bars.ts";
import type { Evaluation } from "../../evaluation/evaluation.ts";
import { percent } from "../../evaluation/metrics.ts";
import { figure, range, table } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** Returns the scores of each speaker, and those of women and men. */
export function speakerSection({ perSpeaker, bySex, unweightedAverageRecall }: Evaluation): Html {
  const bars = perSpeaker
    .toSorted((a, b) => b.unweightedAverageRecall.value - a.unweightedAverageRecall.value)
    .map(({ speakerId, sex, unweightedAverageRecall: score }) => ({
      name: sex === undefined ? speakerId : `${speakerId} ${sex === "female" ? "♀" : "♂"}`,
      score,
    }));
  return html`<section>
    <h2>Results per speaker</h2>
    <p>${speakerSentence(bars)}</p>
    <div class="figures">
      ${figure("UAR per speaker", "Best first, with 95 % intervals over the speaker's clips; the dashed line is the UAR over all speakers.", scoreBarsChart("Unweighted average recall of each speaker with 95 % intervals.", bars, unweightedAverageRecall.value))}
      ${
        bySex.length === 0
          ? undefined
          : table({
              caption: "Results by sex",
              header: ["sex", "UAR", "95 % interval", "accuracy", "speakers", "clips"],
              rows: bySex.map((row) => [
                row.sex,
                percent(row.unweightedAverageRecall.value),
                range(row.unweightedAverageRecall),
                percent(row.accuracy),
                row.speakers,
                row.clips,
              ]),
            })
      }
    </div>
  </section>`;
}

function speakerSentence(bars: readonly ScoreBar[]): string {
  const [best, worst] = [bars[0], bars.at(-1)];
  return best === undefined || worst === undefined || best === worst
    ? "There is a single test speaker."
    : `UAR ranges over ${percent(best.score.value - worst.score.value)} points: ${percent(best.score.value)} % for speaker ${best.name}, ${percent(worst.score.value)} % for speaker ${worst.name}.`;
}
