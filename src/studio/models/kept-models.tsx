import type { JSX } from "preact";
import { effect, signal } from "@preact/signals";
import { keptFiles, removeKept, type KeptFile } from "../../web/kept-files.ts";
import { models } from "../state/models.ts";
import { strings } from "../strings.ts";

const kept = signal<readonly KeptFile[]>([]);

async function look(): Promise<void> {
  kept.value = await keptFiles();
}

effect(() => {
  if (models.state.value.is === "ready") void look();
});

/** The downloaded models that the browser keeps, each with its size and a way to remove it. */
export function KeptModels(): JSX.Element {
  return (
    <>
      <h3>{strings.models.kept}</h3>
      {kept.value.length === 0 && <p class="muted">{strings.models.nothingKept}</p>}
      <ul class="kept">
        {kept.value.map((file) => (
          <li key={file.sha256}>
            <span>{file.name}</span>
            <span class="muted">{(file.sizeBytes / 1e6).toFixed(1)} MB</span>
            <button
              type="button"
              aria-label={strings.models.removeOf(file.name)}
              onClick={() => void removeKept(file).then(look)}
            >
              {strings.models.remove}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
