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

/** Returns the kept files of each model, whose folder is before the slash of their names. */
function byModel(files: readonly KeptFile[]): Map<string, readonly KeptFile[]> {
  const found = new Map<string, readonly KeptFile[]>();
  for (const file of files) {
    const model = file.name.split("/")[0]!;
    found.set(model, [...(found.get(model) ?? []), file]);
  }
  return found;
}

const sizeOf = (files: readonly KeptFile[]): number =>
  files.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);

/** The downloaded models that the browser keeps, each with its size and a way to remove it. */
export function KeptModels(): JSX.Element {
  return (
    <>
      <h3>{strings.models.kept}</h3>
      {kept.value.length === 0 && <p class="muted">{strings.models.nothingKept}</p>}
      <ul class="kept">
        {Array.from(byModel(kept.value), ([model, files]) => (
          <li key={model}>
            <span>{model}</span>
            <span class="muted">{(sizeOf(files) / 1e6).toFixed(1)} MB</span>
            <button
              type="button"
              aria-label={strings.models.removeOf(model)}
              onClick={() => void Promise.all(files.map(removeKept)).then(look)}
            >
              {strings.models.remove}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
