import type { Segment } from "../../recognition/analysis.ts";
import { clock } from "../../shared/clock.ts";
import { table } from "../page/figure.ts";
import { html, type Html } from "../page/html.ts";
import { anchorOf, wholePercent } from "./speaker-table.ts";

/** The strongest moments of an emotion, or of "any", the strongest first. */
export interface MomentsInput {
  readonly emotion: string;
  readonly moments: readonly {
    readonly segment: Segment;
    /** Its recording. */
    readonly name: string;
    /** Link to the recording's page; empty for this one. */
    readonly href: string;
  }[];
}

/** Returns a table of moments, each with a link to where it is heard. */
export function momentsSection({ emotion, moments }: MomentsInput): Html {
  return html`<section>
    <h2>Strongest moments, ${emotion === "any" ? "any emotion" : emotion}</h2>
    <div class="moments">
      ${table({
        caption: "The strongest first",
        header: ["At", "Recording", "Speaker", "Probability", "Intensity", "Words"],
        rows: moments.map(({ segment, name, href }) => {
          const { startSec, speaker, probabilities, intensity, text } = segment;
          const calm = probabilities?.["neutral"] ?? 0;
          const probability = emotion === "any" ? 1 - calm : (probabilities?.[emotion] ?? 0);
          return [
            html`<a href="${href}#${anchorOf(startSec)}">${clock(startSec)}</a>`,
            html`<bdi>${name}</bdi>`,
            html`<bdi>${speaker}</bdi>`,
            wholePercent(probability),
            intensity === null ? "" : wholePercent(intensity),
            html`<span dir="auto">${text}</span>`,
          ];
        }),
      })}
    </div>
  </section>`;
}
