import type { JSX } from "preact";
import { labeler } from "../labels/label-settings.ts";
import { labels } from "../labels/page-labels.ts";
import type { Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { download } from "./download.ts";
import { exportEndings, exportFormats, exportRecording, type ExportFormat } from "./formats.ts";

const texts = strings.labels.exports;

/** What a recording with its labels can be saved as. */
export function ExportMenu({ recording }: { readonly recording: Recording }): JSX.Element {
  const save = async (format: ExportFormat): Promise<void> => {
    const { id, name, durationSec, analysis } = recording;
    const exported = {
      name,
      durationSec,
      analysis: analysis.peek(),
      labels: labels.of(id).peek(),
    };
    const options = { by: labeler.peek(), date: new Date() };
    const written = await exportRecording(exported, format, options);
    download(new Blob([written]), name.replace(/\.[^.]*$/, "") + exportEndings[format]);
  };
  return (
    <details class="popover exports">
      <summary>{texts.title}</summary>
      <ul>
        {exportFormats.map((format) => (
          <li key={format}>
            <button type="button" class="plain" onClick={() => void save(format)}>
              {texts.formats[format]} <small>{exportEndings[format]}</small>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
