import type { JSX } from "preact";
import { download } from "../exports/download.ts";
import { models } from "../state/models.ts";
import type { Recording } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { engine } from "../worker/client.ts";

async function savePage(recording: Recording): Promise<void> {
  const { name, analysis, wav, picture } = recording;
  const page = await engine.recordingPage({
    name,
    analysis: analysis.peek()!,
    wav: wav.peek()!,
    peaks: picture.peaks,
    model: models.choice.peek().model,
    modelsUrl: new URL("models/", document.baseURI).href,
  });
  download(page, `${stemOf(recording)}.html`);
}

const stemOf = ({ name }: Recording): string => name.replace(/\.[^.]*$/, "");

function saveJson(recording: Recording): void {
  const text = JSON.stringify(recording.analysis.peek(), null, 2);
  download(new Blob([text], { type: "application/json" }), `${stemOf(recording)}.json`);
}

/** Saves a page of the recording that one can send to a colleague, or its analysis as the command line prints it. */
export function SaveButtons({ recording }: { readonly recording: Recording }): JSX.Element {
  const isDone = recording.analysis.value !== null;
  return (
    <>
      <button type="button" disabled={!isDone} onClick={() => void savePage(recording)}>
        {strings.exports.page}
      </button>
      <button type="button" disabled={!isDone} onClick={() => saveJson(recording)}>
        {strings.exports.json}
      </button>
    </>
  );
}
