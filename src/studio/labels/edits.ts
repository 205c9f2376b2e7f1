import { toMs } from "../../recognition/places.ts";

/** A time of a recording as one person labels it. */
export interface LabeledSegment {
  readonly startSec: number;
  readonly endSec: number;
  /** `null` for one that has yet to be labeled. */
  readonly label: string | null;
  /** Who labels: the name of a column. */
  readonly by: string;
  /** Who speaks, where speakers are told apart. */
  readonly speaker: string | null;
}

/** A change: some segments in place of others. Undone by the edit the other way round. */
export interface LabelEdit {
  readonly before: readonly LabeledSegment[];
  readonly after: readonly LabeledSegment[];
}

/** The shortest time that can be labeled. */
export const leastSec = 0.05;

/** Returns segments with an edit, by their start; `null` where what it changes is no longer there. */
export function applied(
  segments: readonly LabeledSegment[],
  { before, after }: LabelEdit,
): readonly LabeledSegment[] | null {
  const kept = segments.filter((segment) => !before.some((each) => isSame(each, segment)));
  if (kept.length !== segments.length - before.length) return null;
  return [...kept, ...after].toSorted((a, b) => a.startSec - b.startSec);
}

export const reversed = ({ before, after }: LabelEdit): LabelEdit => ({
  before: after,
  after: before,
});

const isSame = (a: LabeledSegment, b: LabeledSegment): boolean =>
  a.startSec === b.startSec &&
  a.endSec === b.endSec &&
  a.label === b.label &&
  a.by === b.by &&
  a.speaker === b.speaker;

/** A time to be labeled: a segment of the model, or of the person. */
export type Target = Pick<LabeledSegment, "startSec" | "endSec" | "speaker">;

/** Returns the segments of one person and speaker, by their start. */
export function columnOf(
  segments: readonly LabeledSegment[],
  { by, speaker }: Pick<LabeledSegment, "by" | "speaker">,
): LabeledSegment[] {
  return segments.filter((segment) => segment.by === by && segment.speaker === speaker);
}

/**
 * Returns the edit that gives a time a label, or with `null` takes it away. Segments of the same person that the time
 * overlaps give way to it.
 */
export function labeling(
  segments: readonly LabeledSegment[],
  target: Target & Pick<LabeledSegment, "by">,
  label: string | null,
): LabelEdit {
  const [startSec, endSec] = [toMs(target.startSec), toMs(target.endSec)];
  const overlapped = columnOf(segments, target).filter(
    (segment) => segment.startSec < endSec && segment.endSec > startSec,
  );
  const rests = overlapped.flatMap((segment) => [
    { ...segment, endSec: Math.min(segment.endSec, startSec) },
    { ...segment, startSec: Math.max(segment.startSec, endSec) },
  ]);
  const { by, speaker } = target;
  const labeled = label === null ? [] : [{ startSec, endSec, label, by, speaker }];
  return {
    before: overlapped,
    after: [...rests.filter((rest) => rest.endSec - rest.startSec >= leastSec), ...labeled],
  };
}

/** Returns the edit that moves an end of a segment to a time; one of the same person that touches it there moves with it. */
export function moving(
  segments: readonly LabeledSegment[],
  segment: LabeledSegment,
  { edge, toSec, durationSec }: { edge: "start" | "end"; toSec: number; durationSec: number },
): LabelEdit {
  const others = columnOf(segments, segment).filter((other) => !isSame(other, segment));
  const { startSec, endSec } = segment;
  if (edge === "end") {
    const next = others.find((other) => other.startSec >= endSec);
    const touching = next?.startSec === endSec ? next : undefined;
    const limit = touching ? touching.endSec - leastSec : (next?.startSec ?? durationSec);
    const at = toMs(Math.max(startSec + leastSec, Math.min(toSec, limit)));
    return moved(
      [segment, { ...segment, endSec: at }],
      touching && [touching, { ...touching, startSec: at }],
    );
  }
  const previous = others.findLast((other) => other.endSec <= startSec);
  const touching = previous?.endSec === startSec ? previous : undefined;
  const limit = touching ? touching.startSec + leastSec : (previous?.endSec ?? 0);
  const at = toMs(Math.min(endSec - leastSec, Math.max(toSec, limit)));
  return moved(
    [segment, { ...segment, startSec: at }],
    touching && [touching, { ...touching, endSec: at }],
  );
}

type Move = readonly [from: LabeledSegment, to: LabeledSegment];

function moved(...moves: readonly (Move | undefined)[]): LabelEdit {
  const all = moves.filter((move) => move !== undefined);
  return { before: all.map(([from]) => from), after: all.map(([, to]) => to) };
}

/** Returns the edit that cuts a segment in two at a time; `null` where a part would be too short. */
export function splitting(segment: LabeledSegment, atSec: number): LabelEdit | null {
  const at = toMs(atSec);
  if (at - segment.startSec < leastSec || segment.endSec - at < leastSec) return null;
  return {
    before: [segment],
    after: [
      { ...segment, endSec: at },
      { ...segment, startSec: at },
    ],
  };
}
