import { computed, signal } from "@preact/signals";
import type { Segment } from "../../web/index.ts";
import { current, playheadSec } from "../state/recordings.ts";

/** The segment that a person points at or moved to by keys; `null` where playback decides. */
export const pointed = signal<Segment | null>(null);

/** The segments with speech of the recording that is shown. */
export const spoken = computed<readonly Segment[]>(() => {
  const analysis = current.value?.analysis.value;
  return analysis?.segments.filter(({ emotion }) => emotion !== null) ?? [];
});

/** The segment under the playhead. */
export const played = computed<Segment | null>(() => {
  const at = playheadSec.value + 1e-3;
  return spoken.value.find(({ startSec, endSec }) => startSec <= at && at < endSec) ?? null;
});

/** The segment that is told about. */
export const inspected = computed<Segment | null>(() => {
  const segment = pointed.value;
  return segment !== null && spoken.value.includes(segment) ? segment : played.value;
});
