import { percent } from "../../evaluation/charts/plot.ts";
import { spectrogramDataUri } from "../../evaluation/charts/spectrogram.ts";
import { html, type Html } from "./html.ts";
import type { Mistake } from "./report.ts";

/** The clips that the model was surest of and wrong about, with what it saw of them. */
export function mistakesSection(mistakes: readonly Mistake[]): Html {
  if (mistakes.length === 0) return html``;
  const pictured = mistakes.some(({ logMel }) => logMel !== undefined);
  return html`<section>
    <h2>Its most confident mistakes</h2>
    <p>
      The clips to listen to
      first.${pictured ? " Each picture is the clip as a mel spectrogram: time runs to the right, pitch upwards, brighter is louder." : ""}
    </p>
    <ul class="mistakes">
      ${mistakes.map(card)}
    </ul>
  </section>`;
}

function card({ id, actual, predicted, confidence, logMel }: Mistake): Html {
  const picture =
    logMel === undefined
      ? undefined
      : html`<img src="${spectrogramDataUri(logMel)}" alt="Mel spectrogram of ${id}" />`;
  return html`<li>
    <figure>
      ${picture}
      <figcaption>
        truly <b>${actual}</b>, heard as <b>${predicted}</b> (${percent(confidence)} %)<code
          >${id}</code
        >
      </figcaption>
    </figure>
  </li>`;
}
