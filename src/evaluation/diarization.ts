import { joinTurns, type Turn } from "../shared/turns.ts";
import { bestAssignment } from "./assignment.ts";

/** Errors of a diarization, in seconds of one speaker: two who speak at once count twice. */
export interface DiarizationErrors {
  /** Spoken, and nobody was found. */
  readonly missedSec: number;
  /** Found, and nobody spoke. */
  readonly falseAlarmSec: number;
  /** Spoken by somebody else than was found. */
  readonly confusionSec: number;
  /** All speech of the reference that is scored. */
  readonly speechSec: number;
}

export interface DiarizationOptions {
  /** Not scored on each side of each start and end of a reference turn; 0 by default, 0.25 is customary. */
  readonly collarSec?: number | undefined;
}

/** Who is active between two moments. */
interface Span {
  readonly lengthSec: number;
  readonly reference: ReadonlySet<number>;
  readonly hypothesis: ReadonlySet<number>;
  readonly isScored: boolean;
}

/**
 * Returns the diarization error rate: missed speech, false alarms and speech of a wrong speaker over all speech of the
 * reference, overlaps included. `NaN` where the reference has no speech that is scored.
 * @throws RangeError for a negative collar, and times that are not finite
 * @see NIST md-eval.pl, options -c and, for overlaps, without -1
 * @example
 * ```ts
 * import { diarizationErrorRate } from "undertone/metrics";
 *
 * const reference = [{ startSec: 0, endSec: 10, speaker: "anna" }];
 * const hypothesis = [{ startSec: 1, endSec: 10, speaker: "speaker 1" }];
 * const rate = diarizationErrorRate(reference, hypothesis); // → 0.1
 * ```
 */
export function diarizationErrorRate(
  reference: readonly Turn[],
  hypothesis: readonly Turn[],
  options: DiarizationOptions = {},
): number {
  return pooledDiarizationErrorRate([diarizationErrors(reference, hypothesis, options)]);
}

/** Returns the error rate of several recordings together; `NaN` without scored speech. */
export function pooledDiarizationErrorRate(recordings: readonly DiarizationErrors[]): number {
  let [errorSec, speechSec] = [0, 0];
  for (const each of recordings) {
    errorSec += each.missedSec + each.falseAlarmSec + each.confusionSec;
    speechSec += each.speechSec;
  }
  return errorSec / speechSec;
}

/**
 * Returns the errors by kind. Speakers of the hypothesis are mapped one to one to those of the reference so that they share the most
 * time; the mapping is that of all speech, also within collars.
 * @throws RangeError for a negative collar, and times that are not finite
 * @example
 * ```ts
 * import { diarizationErrors } from "undertone/metrics";
 *
 * const reference = [{ startSec: 0, endSec: 10, speaker: "anna" }];
 * const hypothesis = [{ startSec: 1, endSec: 10, speaker: "speaker 1" }];
 * const { missedSec } = diarizationErrors(reference, hypothesis); // → { missedSec: 1, falseAlarmSec: 0, confusionSec: 0, speechSec: 10 }
 * ```
 */
export function diarizationErrors(
  reference: readonly Turn[],
  hypothesis: readonly Turn[],
  { collarSec = 0 }: DiarizationOptions = {},
): DiarizationErrors {
  if (!(collarSec >= 0)) {
    throw new RangeError(`diarizationErrors: collarSec must be at least 0, got ${collarSec}`);
  }
  const spans = spansOf(indexed(reference), indexed(hypothesis), collarSec);
  const assigned = mapSpeakers(spans);
  const errors = { missedSec: 0, falseAlarmSec: 0, confusionSec: 0, speechSec: 0 };
  for (const span of spans) {
    if (!span.isScored) continue;
    const [spoken, found] = [span.reference.size, span.hypothesis.size];
    const correct = [...span.reference].filter((speaker) => {
      const mapped = assigned[speaker];
      return mapped !== undefined && span.hypothesis.has(mapped);
    }).length;
    errors.speechSec += span.lengthSec * spoken;
    errors.missedSec += span.lengthSec * Math.max(0, spoken - found);
    errors.falseAlarmSec += span.lengthSec * Math.max(0, found - spoken);
    errors.confusionSec += span.lengthSec * (Math.min(spoken, found) - correct);
  }
  return errors;
}

interface IndexedTurn {
  readonly startSec: number;
  readonly endSec: number;
  readonly speaker: number;
}

/** Turns with their speakers numbered from 0. */
function indexed(turns: readonly Turn[]): IndexedTurn[] {
  const numbers = new Map<string, number>();
  return joinTurns(turns).map(({ startSec, endSec, speaker }) => {
    if (!Number.isFinite(startSec) || !Number.isFinite(endSec)) {
      const message = `diarizationErrors: times must be finite, got ${startSec} to ${endSec}`;
      throw new RangeError(message);
    }
    const number = numbers.get(speaker) ?? numbers.size;
    numbers.set(speaker, number);
    return { startSec, endSec, speaker: number };
  });
}

interface Change {
  readonly atSec: number;
  readonly apply: () => void;
}

/** Cuts time wherever somebody starts or stops, or a collar does. */
function spansOf(
  reference: readonly IndexedTurn[],
  hypothesis: readonly IndexedTurn[],
  collarSec: number,
): Span[] {
  const active = { reference: new Set<number>(), hypothesis: new Set<number>() };
  let collars = 0;
  const changes: Change[] = [];
  const toggle = (speakers: Set<number>, { startSec, endSec, speaker }: IndexedTurn): void => {
    changes.push(
      { atSec: startSec, apply: () => speakers.add(speaker) },
      { atSec: endSec, apply: () => speakers.delete(speaker) },
    );
  };
  for (const turn of hypothesis) toggle(active.hypothesis, turn);
  for (const turn of reference) {
    toggle(active.reference, turn);
    for (const edgeSec of collarSec > 0 ? [turn.startSec, turn.endSec] : []) {
      changes.push(
        { atSec: edgeSec - collarSec, apply: () => (collars += 1) },
        { atSec: edgeSec + collarSec, apply: () => (collars -= 1) },
      );
    }
  }
  const spans: Span[] = [];
  let fromSec = -Infinity;
  for (const { atSec, apply } of changes.toSorted((a, b) => a.atSec - b.atSec)) {
    const isEmpty = active.reference.size + active.hypothesis.size === 0;
    if (atSec > fromSec && !isEmpty) {
      spans.push({
        lengthSec: atSec - fromSec,
        reference: new Set(active.reference),
        hypothesis: new Set(active.hypothesis),
        isScored: collars === 0,
      });
    }
    fromSec = atSec;
    apply();
  }
  return spans;
}

/** The speaker of the hypothesis that is each speaker of the reference, by their numbers; -1 for none. */
function mapSpeakers(spans: readonly Span[]): number[] {
  const speakersOf = (side: "reference" | "hypothesis"): number =>
    spans.reduce((most, span) => Math.max(most, ...[...span[side]].map((each) => each + 1)), 0);
  const columns = speakersOf("hypothesis");
  const sharedSec = Array.from({ length: speakersOf("reference") }, () =>
    Array.from({ length: columns }, () => 0),
  );
  for (const { lengthSec, reference, hypothesis } of spans) {
    for (const row of reference) {
      for (const column of hypothesis) sharedSec[row]![column]! += lengthSec;
    }
  }
  return bestAssignment(sharedSec);
}
