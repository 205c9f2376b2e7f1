import { concatenate } from "../audio/blocks.ts";
import type { SpeechRegion } from "../audio/speech-activity.ts";
import { joinTurns, type Turn } from "../shared/turns.ts";

/** Silence between runs of a speaker: nothing that is joined over pauses goes from one to the next. */
const apartSec = 1.5;
/** Sound kept around a run for soft beginnings and ends, where nobody else speaks. */
const marginSec = 0.15;

/** Of a run that another speaker covers for the most part, so much alone is enough to tell its words from the other's. */
const clearSec = 1;

/** Time that belongs to one speaker: turns between which nobody else speaks. */
interface Run {
  readonly startSec: number;
  readonly endSec: number;
  /** Whether its words are the speaker's own, not mostly those of a longer turn over it. */
  readonly isClear: boolean;
}

/** The next sound of one speaker. */
interface SpeakerSound {
  readonly samples: Float32Array;
  /** The same, silent in runs whose words would be another speaker's. */
  readonly clear: Float32Array;
}

/**
 * The sound of one speaker of a mono recording: runs of their turns one after the other, with silence between them, so that whatever goes
 * through it block by block gets nothing of the others and joins nothing across a change of speaker.
 */
export class SpeakerRuns {
  readonly speaker: string;
  readonly #sampleRate: number;
  readonly #runs: readonly Run[];
  /** Samples of the recording that came. */
  #received = 0;

  private constructor(speaker: string, runs: readonly Run[], sampleRate: number) {
    this.speaker = speaker;
    this.#runs = runs;
    this.#sampleRate = sampleRate;
  }

  /** Returns the sound of nobody. */
  static none(sampleRate: number): SpeakerRuns {
    return new SpeakerRuns("", [], sampleRate);
  }

  /** Returns the speakers of turns in the order of their first words. */
  static of(turns: readonly Turn[], sampleRate: number): SpeakerRuns[] {
    const joined = joinTurns(turns);
    return [...new Set(joined.map(({ speaker }) => speaker))].map((speaker) => {
      const own = joined.filter((turn) => turn.speaker === speaker);
      const others = joined.filter((turn) => turn.speaker !== speaker);
      return new SpeakerRuns(speaker, runsOf(own, others), sampleRate);
    });
  }

  /** Seconds of the recording that came so far. */
  get receivedSec(): number {
    return this.#received / this.#sampleRate;
  }

  /** Takes the next samples of the recording and returns the speaker's next ones, which may be none. */
  push(samples: Float32Array): SpeakerSound {
    const from = this.#received;
    const to = from + samples.length;
    this.#received = to;
    const parts: Float32Array[] = [];
    const clear: Float32Array[] = [];
    for (const { startSec, endSec, isClear } of this.#runs) {
      const [start, end] = [this.#sampleOf(startSec), this.#sampleOf(endSec)];
      if (end <= from || start >= to) continue;
      const own = samples.subarray(Math.max(0, start - from), Math.min(samples.length, end - from));
      const pause = new Float32Array(end <= to ? Math.round(apartSec * this.#sampleRate) : 0);
      parts.push(own, pause);
      clear.push(isClear ? own : new Float32Array(own.length), pause);
    }
    return { samples: concatenate(parts), clear: concatenate(clear) };
  }

  /** Returns the moment of the recording at which a moment of the speaker's sound lies; within silence, at the nearer end of a run. */
  placeOf(sec: number): number {
    let fromSec = 0;
    for (const [index, { startSec, endSec }] of this.#runs.entries()) {
      const lengthSec = endSec - startSec;
      const next = this.#runs[index + 1];
      if (sec <= fromSec + lengthSec + apartSec / 2 || next === undefined) {
        return Math.min(endSec, startSec + Math.max(0, sec - fromSec));
      }
      fromSec += lengthSec + apartSec;
    }
    return sec;
  }

  #sampleOf(sec: number): number {
    return Math.round(sec * this.#sampleRate);
  }
}

/** Joins turns where nobody else speaks between them, and widens them into pauses. */
function runsOf(own: readonly Turn[], others: readonly Turn[]): Run[] {
  const runs: { startSec: number; endSec: number }[] = [];
  for (const { startSec, endSec } of own) {
    const last = runs.at(-1);
    const isInterrupted =
      last === undefined ||
      others.some((other) => other.startSec < startSec && other.endSec > last.endSec);
    if (isInterrupted) runs.push({ startSec, endSec });
    else last.endSec = endSec;
  }
  const edges = others.flatMap((other) => [other.startSec, other.endSec]);
  return runs.map(({ startSec, endSec }, index) => {
    const before = [runs[index - 1]?.endSec ?? 0, ...edges].filter((sec) => sec <= startSec);
    const after = [runs[index + 1]?.startSec ?? Infinity, ...edges].filter((sec) => sec >= endSec);
    const lead = Math.min(marginSec, (startSec - Math.max(0, ...before)) / 2);
    const tail = Math.min(marginSec, (Math.min(...after) - endSec) / 2);
    return {
      startSec: startSec - (speaksAt(others, startSec) ? 0 : lead),
      endSec: endSec + (speaksAt(others, endSec) ? 0 : tail),
      isClear: hasOwnWords({ startSec, endSec }, others),
    };
  });
}

function hasOwnWords(run: SpeechRegion, others: readonly Turn[]): boolean {
  const lengthSec = run.endSec - run.startSec;
  return others.every(({ startSec, endSec }) => {
    const sharedSec = Math.min(endSec, run.endSec) - Math.max(startSec, run.startSec);
    const isCovered = sharedSec > lengthSec / 2 && endSec - startSec > lengthSec;
    return !isCovered || lengthSec - sharedSec >= clearSec;
  });
}

function speaksAt(turns: readonly Turn[], sec: number): boolean {
  return turns.some(({ startSec, endSec }) => startSec < sec && endSec > sec);
}
