import { proxy } from "comlink";
import { effect, signal } from "@preact/signals";
import { sentenceOf } from "../sentences.ts";
import { current, type Recording } from "../state/recordings.ts";
import { keepInView, show, view } from "../state/view.ts";
import type { Segment } from "../../web/index.ts";
import { engine } from "../worker/client.ts";
import type { Explanation } from "./explanation.ts";

/** A segment whose answer a person asks about, and how far that is. */
export type Explained = { readonly recordingId: string; readonly segment: Segment } & (
  | { readonly is: "working"; readonly done: number; readonly total: number }
  | { readonly is: "done"; readonly explanation: Explanation }
  | { readonly is: "failed"; readonly message: string }
);

export const explained = signal<Explained | null>(null);

export function forget(): void {
  explained.value = null;
}

effect(() => {
  void current.value?.analysis.value;
  forget();
});

/** Asks what moved the answer for a segment; once more, it is forgotten. */
export async function explain({ id, file }: Recording, segment: Segment): Promise<void> {
  if (explained.peek()?.segment === segment) return forget();
  if (segment.emotion === null) return;
  const about = { recordingId: id, segment };
  const isWanted = (): boolean => explained.peek()?.segment === segment;
  explained.value = { ...about, is: "working", done: 0, total: 1 };
  showLarge(segment);
  const onStep = proxy((done: number, total: number) => {
    if (isWanted()) explained.value = { ...about, is: "working", done, total };
  });
  try {
    const explanation = await engine.explain(file, segment, onStep);
    if (isWanted()) explained.value = { ...about, is: "done", explanation };
  } catch (error) {
    if (isWanted()) explained.value = { ...about, is: "failed", message: sentenceOf(error) };
  }
}

/** Where a segment takes less of what is seen, it is shown larger. */
const leastShare = 0.2;

function showLarge({ startSec, endSec }: Segment): void {
  const seen = view.peek();
  const lengthSec = endSec - startSec;
  if (lengthSec > leastShare * (seen.endSec - seen.startSec)) return keepInView(startSec);
  show({ startSec: startSec - lengthSec, endSec: endSec + lengthSec });
}
