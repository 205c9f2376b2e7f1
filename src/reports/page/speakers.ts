import { scoreBarsChart, type ScoreBar } from "../../evaluation/charts/bars.ts";
import { fewestClips, type Evaluation } from "../../evaluation/evaluation.ts";
import { percent } from "../../evaluation/metrics.ts";
import { figure, range, table } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** Returns the scores of each speaker, and those of women and men. */
export function speakerSection(evaluation: Evaluation): Html {
  const { perSpeaker, bySex, unweightedAverageRecall } = evaluation;
  const bars = perSpeaker
    .toSorted((a, b) => b.unweightedAverageRecall.value - a.unweightedAverageRecall.value)
    .map(({ speakerId, sex, unweightedAverageRecall: score }) => ({
      name: sex === undefined ? speakerId : `${speakerId} ${sex === "female" ? "♀" : "♂"}`,
      score,
    }));
  return html`<section>
    <h2>Results per speaker</h2>
    <p>${[speakerSentence(bars), leftOutSentence(evaluation)].join(" ")}</p>
    <div class="figures">
      ${bars.length === 0 ? undefined : figure("UAR per speaker", "Best first, over the emotions that the speaker's clips have, with 95 % intervals over these clips; the dashed line is the UAR over all speakers.", scoreBarsChart("Unweighted average recall of each speaker with 95 % intervals.", bars, unweightedAverageRecall.value))}
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
  if (best === undefined || worst === undefined) return "";
  return best === worst
    ? `UAR is ${percent(best.score.value)} % for speaker ${best.name}.`
    : `UAR ranges over ${percent(best.score.value - worst.score.value)} points: ${percent(best.score.value)} % for speaker ${best.name}, ${percent(worst.score.value)} % for speaker ${worst.name}.`;
}

/** Says which speakers are not shown. */
function leftOutSentence({ speakers, perSpeaker }: Evaluation): string {
  const count = speakers - perSpeaker.length;
  if (count === 0) return "";
  const which = count === speakers ? "Every speaker has" : `${count} of ${speakers} speakers have`;
  return `${which} fewer than ${fewestClips} clips, too few for a score of their own.`;
}
