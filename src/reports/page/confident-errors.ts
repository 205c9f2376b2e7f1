import { spectrogramDataUri, type LogMel } from "../../evaluation/charts/spectrogram.ts";
import { percent } from "../../evaluation/metrics.ts";
import { html, type Html } from "./html.ts";

/** A clip that was predicted wrongly with high confidence. */
export interface ConfidentError {
  readonly id: string;
  readonly actual: string;
  readonly predicted: string;
  readonly confidence: number;
  /** Absent where the audio could not be read. */
  readonly recording?: { readonly logMel: LogMel; readonly wavUri: string } | undefined;
}

/** Returns the most confident errors, with spectrogram and playback where the audio is at hand. */
export function confidentErrorsSection(errors: readonly ConfidentError[]): Html {
  if (errors.length === 0) return html``;
  const bytes = errors.reduce((sum, { recording }) => sum + (recording?.wavUri.length ?? 0), 0);
  return html`<section>
    <h2>Most confident errors</h2>
    <p>
      The ${errors.length} wrong predictions with the highest
      confidence.${bytes > 0 ? ` Mel spectrograms: time to the right, frequency upwards, brighter is louder. The recordings are embedded in this page (${(bytes / 1e6).toFixed(1)} MB, 16 kHz, 8-bit µ-law): share it as you would share them.` : ""}
    </p>
    <ul class="errors">
      ${errors.map(card)}
    </ul>
  </section>`;
}

function card({ id, actual, predicted, confidence, recording }: ConfidentError): Html {
  return html`<li>
    <figure>
      ${
        recording === undefined
          ? undefined
          : html`<img
                src="${spectrogramDataUri(recording.logMel)}"
                alt="Mel spectrogram of ${id}"
              />
              <audio controls preload="none" src="${recording.wavUri}" title="${id}"></audio>`
      }
      <figcaption>
        true <b>${actual}</b>, predicted <b>${predicted}</b> (${percent(confidence)} %)<code
          >${id}</code
        >
      </figcaption>
    </figure>
  </li>`;
}
