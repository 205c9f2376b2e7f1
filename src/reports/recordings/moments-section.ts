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
  const all: readonly Column[] = [
    ["Recording", ({ name }) => name],
    ["Speaker", ({ segment }) => segment.speaker ?? ""],
    ["Probability", ({ segment }) => wholePercent(probabilityOf(segment, emotion))],
    [
      "Intensity",
      ({ segment: { intensity } }) => (intensity === null ? "" : wholePercent(intensity)),
    ],
    ["Words", ({ segment }) => segment.text],
  ];
  const columns = all.filter(([, text]) => moments.some((moment) => text(moment) !== ""));
  return html`<section>
    <h2>Strongest moments, ${emotion === "any" ? "any emotion" : emotion}</h2>
    <div class="moments">
      ${table({
        caption: "The strongest first",
        header: ["At", ...columns.map(([title]) => title)],
        rows: moments.map((moment) => [
          html`<a href="${moment.href}#${anchorOf(moment.segment.startSec)}"
            >${clock(moment.segment.startSec)}</a
          >`,
          ...columns.map(([, text]) => html`<bdi>${text(moment)}</bdi>`),
        ]),
      })}
    </div>
  </section>`;
}

type Column = readonly [title: string, text: (moment: MomentsInput["moments"][number]) => string];

function probabilityOf({ probabilities }: Segment, emotion: string): number {
  return emotion === "any"
    ? 1 - (probabilities?.["neutral"] ?? 0)
    : (probabilities?.[emotion] ?? 0);
}
