import { effect, signal } from "@preact/signals";
import { current, playheadSec } from "./recordings.ts";
import { keepInView, selection } from "./view.ts";

export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export const speed = signal<number>(1);
export const isPlaying = signal(false);
/** Whether the selection plays again and again. */
export const loops = signal(false);

const audio = new Audio();
/** Where playback ends; `null` at the end of the recording. */
let untilSec: number | null = null;

effect(() => {
  const wav = current.value?.wav.value ?? null;
  const url = wav && URL.createObjectURL(wav);
  if (url === null) audio.removeAttribute("src");
  else audio.src = url;
  audio.load();
  playheadSec.value = 0;
  return () => url && URL.revokeObjectURL(url);
});
effect(() => {
  audio.playbackRate = speed.value;
  audio.defaultPlaybackRate = speed.value;
});

function follow(): void {
  if (audio.paused) return;
  const looped = loops.peek() ? selection.peek() : null;
  if (looped && audio.currentTime >= looped.endSec) audio.currentTime = looped.startSec;
  else if (untilSec !== null && audio.currentTime >= untilSec) audio.pause();
  playheadSec.value = audio.currentTime;
  keepInView(audio.currentTime);
  requestAnimationFrame(follow);
}
audio.addEventListener("play", () => {
  isPlaying.value = true;
  requestAnimationFrame(follow);
});
audio.addEventListener("pause", () => (isPlaying.value = false));
audio.addEventListener("ended", () => (isPlaying.value = false));

/** Moves playback to a time, and shows it. */
export function seek(sec: number): void {
  const at = Math.min(Math.max(0, sec), current.peek()?.durationSec ?? 0);
  untilSec = null;
  audio.currentTime = at;
  playheadSec.value = at;
  keepInView(at);
}

/** Plays from a time on, or only until another one. */
export function playFrom(sec: number, until: number | null = null): void {
  seek(sec);
  untilSec = until;
  void audio.play();
}

export function pause(): void {
  audio.pause();
}

export function togglePlay(): void {
  if (!audio.paused) return pause();
  const looped = loops.peek() ? selection.peek() : null;
  const at = playheadSec.peek();
  const atEnd = at >= (current.peek()?.durationSec ?? 0) - 0.05;
  if (looped && (at < looped.startSec || at >= looped.endSec)) playFrom(looped.startSec);
  else playFrom(atEnd ? 0 : at);
}
