import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { SoundOf } from "../../server/api.ts";
import { strings } from "../strings.ts";
import { soundUrl } from "./client.ts";

/** The address of what plays: one clip at a time in the whole page. */
const playing = signal("");

const audio = new Audio();
const stopped = (): void => void (playing.value = "");
for (const event of ["ended", "error"]) audio.addEventListener(event, stopped);

/** Plays a clip, or stops it. */
export function PlayButton({
  sound,
  name,
}: {
  readonly sound: SoundOf;
  readonly name: string;
}): JSX.Element {
  const url = soundUrl(sound);
  const isPlaying = playing.value === url;
  const toggle = (): void => {
    if (isPlaying) {
      audio.pause();
      stopped();
      return;
    }
    audio.src = url;
    playing.value = url;
    audio.play().catch(stopped);
  };
  return (
    <button
      type="button"
      class="play"
      aria-pressed={isPlaying}
      aria-label={isPlaying ? strings.local.stopClip(name) : strings.local.playClip(name)}
      onClick={toggle}
    >
      {isPlaying ? "■" : "▶"}
    </button>
  );
}
