import { computed, effect, signal } from "@preact/signals";
import { current } from "./recordings.ts";

/** A time of a recording that is chosen, to play again and again, zoom to, or mark. */
export interface Selection {
  readonly startSec: number;
  readonly endSec: number;
}

const leastSec = 0.5;

/** Where what is seen starts, and how long it is; of all by default. */
const place = signal<Selection | null>(null);

const durationSec = computed(() => Math.max(leastSec, current.value?.durationSec ?? 0));

/** The time that is seen. */
export const view = computed<Selection>(() => {
  const all = { startSec: 0, endSec: durationSec.value };
  return place.value === null ? all : place.value;
});

/** Pixels that the time that is seen takes. */
export const trackWidth = signal(0);

export const selection = signal<Selection | null>(null);

effect(() => {
  void current.value;
  [place.value, selection.value] = [null, null];
});

/** Shows a time, within the recording. */
export function show({ startSec, endSec }: Selection): void {
  const span = Math.min(durationSec.peek(), Math.max(leastSec, endSec - startSec));
  const start = Math.min(Math.max(0, startSec), durationSec.peek() - span);
  const isAll = span >= durationSec.peek();
  place.value = isAll ? null : { startSec: start, endSec: start + span };
}

export function showAll(): void {
  place.value = null;
}

/** Shows `1 / factor` as much, with the same time where `atSec` is. */
export function zoom(factor: number, atSec: number): void {
  const { startSec, endSec } = view.peek();
  show({
    startSec: atSec - (atSec - startSec) / factor,
    endSec: atSec + (endSec - atSec) / factor,
  });
}

export function pan(bySec: number): void {
  const { startSec, endSec } = view.peek();
  const by = Math.min(Math.max(bySec, -startSec), durationSec.peek() - endSec);
  show({ startSec: startSec + by, endSec: endSec + by });
}

/** Shows another part of the same length where a time cannot be seen. */
export function keepInView(sec: number): void {
  const { startSec, endSec } = view.peek();
  if (sec >= startSec && sec <= endSec) return;
  pan(sec - startSec - (endSec - startSec) / 8);
}

/** Returns the place of a time in pixels. */
export function toX(sec: number): number {
  const { startSec, endSec } = view.value;
  return ((sec - startSec) / (endSec - startSec)) * trackWidth.value;
}

/** Returns the time at a place in pixels. */
export function toSec(x: number): number {
  const { startSec, endSec } = view.peek();
  return startSec + (x / Math.max(1, trackWidth.peek())) * (endSec - startSec);
}
