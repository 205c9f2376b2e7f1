import type { ComponentChildren, JSX } from "preact";
import { signal } from "@preact/signals";
import { isAudioName } from "../../audio/extensions.ts";
import { openSoundFile } from "../state/open-recording.ts";
import { strings } from "../strings.ts";
import { droppedFiles } from "./dropped-files.ts";
import { openRecorder } from "./recorder.tsx";

/** Why nothing was opened; `null` where something was. */
export const openProblem = signal<string | null>(null);

const isOver = signal(false);
const address = signal("");

/** Opens files; those that turn out to hold no sound say so in the list. */
async function openAll(files: readonly File[], none: string): Promise<void> {
  openProblem.value = files.length === 0 ? none : null;
  await Promise.all(files.map((file, n) => openSoundFile(file, file.name, n === 0)));
}

/** Opens what an address of this host holds. */
async function openUrl(given: string): Promise<void> {
  try {
    const url = new URL(given, document.baseURI);
    const response = await fetch(url);
    if (!response.ok) throw new Error(String(response.status));
    openProblem.value = null;
    await openSoundFile(await response.blob(), decodeURIComponent(url.pathname.split("/").at(-1)!));
  } catch {
    openProblem.value = strings.errors.url;
  }
}

function onDrop(event: DragEvent): void {
  event.preventDefault();
  isOver.value = false;
  const { dataTransfer } = event;
  if (dataTransfer === null) return;
  const link = dataTransfer.getData("text/uri-list");
  if (dataTransfer.files.length === 0 && link !== "") void openUrl(link);
  else {
    void droppedFiles(dataTransfer).then((files) => openAll(files, strings.errors.noRecordings));
  }
}

/** Takes files wherever in it they are dropped. */
export function DropArea({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <div
      class={isOver.value ? "drop-area over" : "drop-area"}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        isOver.value = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
      }}
      onDrop={onDrop}
    >
      {children}
    </div>
  );
}

/** A button that asks for files, or for a folder of them. */
export function FileButton(props: {
  readonly label: string;
  readonly isFolder?: boolean;
  readonly isMain?: boolean;
}): JSX.Element {
  return (
    <label class={props.isMain ? "button main" : "button"}>
      {props.label}
      <input
        type="file"
        class="hidden"
        multiple
        accept={props.isFolder ? undefined : "audio/*,video/*,.amr,.awb,.au,.caf,.aif,.aiff"}
        {...(props.isFolder && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          const all = Array.from(currentTarget.files ?? []);
          const files = props.isFolder ? all.filter(({ name }) => isAudioName(name)) : all;
          void openAll(files, strings.errors.noRecordings);
          currentTarget.value = "";
        }}
      />
    </label>
  );
}

/** What there is before the first recording. */
export function DropZone(): JSX.Element {
  return (
    <section class="welcome">
      <h1>{strings.analyze.title}</h1>
      <p class="lead">{strings.analyze.lead}</p>
      <div class="drop-zone">
        <svg class="motif" viewBox="0 0 240 64" aria-hidden="true">
          {motif.map((height, n) => (
            <rect key={n} x={n * 6 + 1} y={32 - height / 2} width="3" height={height} rx="1.5" />
          ))}
        </svg>
        <p>{strings.analyze.drop}</p>
        <div class="buttons">
          <FileButton label={strings.analyze.choose} isMain />
          <FileButton label={strings.analyze.chooseFolder} isFolder />
          <button type="button" class="button" onClick={openRecorder}>
            <span class="record-dot" aria-hidden="true" /> {strings.analyze.record}
          </button>
        </div>
        <form
          class="url"
          onSubmit={(event) => {
            event.preventDefault();
            void openUrl(address.value);
          }}
        >
          <input
            value={address.value}
            placeholder={strings.analyze.url}
            aria-label={strings.analyze.url}
            onInput={({ currentTarget }) => (address.value = currentTarget.value)}
          />
          <button type="submit">{strings.analyze.openUrl}</button>
        </form>
      </div>
    </section>
  );
}

/** Heights of bars that look like speech. */
const motif = Array.from({ length: 40 }, (_, n) => {
  const syllable = Math.abs(Math.sin(n * 0.55)) * (0.55 + 0.45 * Math.sin(n * 0.17 + 1));
  return 4 + 54 * Math.abs(syllable);
});
