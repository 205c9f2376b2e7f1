import { concatenate } from "../audio/blocks.ts";
import { findSpeech, type SpeechRegion } from "../audio/speech-activity.ts";
import type { Utterance } from "../transcription/transcript.ts";

/** One utterance, or speech without a long pause, in seconds of the recording. */
export interface SpeechSegment {
  readonly startSec: number;
  readonly endSec: number;
  /** How long someone speaks within it. */
  readonly speechSec: number;
  /** Set for an utterance. */
  readonly utterance?: Utterance;
}

/** A stretch with the sound that holds it: `samples` starts at `samplesStartSec`. */
export interface SegmentAudio extends SpeechSegment {
  readonly samples: Float32Array;
  readonly samplesStartSec: number;
}

interface StretchOptions {
  readonly sampleRate: number;
  /** Sound that a stretch brings along on each side, where the recording has it. */
  readonly contextSec: number;
  /** In order, not overlapping: each is a stretch of its own. */
  readonly utterances: readonly Utterance[];
}

const maxPauseSec = 1; // a speaker takes breath within an utterance
const minSpeechSec = 0.25; // about one syllable
const maxStretchSec = 60; // bounds the memory that speech without pauses takes
const lookBackSec = 30; // the background level is judged on at least this much sound

/** Regions as far as they lie between two moments. */
function within(regions: readonly SpeechRegion[], span: SpeechRegion): SpeechRegion[] {
  return regions
    .map(({ startSec, endSec }) => ({
      startSec: Math.max(startSec, span.startSec),
      endSec: Math.min(endSec, span.endSec),
    }))
    .filter(({ startSec, endSec }) => startSec < endSec);
}

const lengthOf = (regions: readonly SpeechRegion[]): number =>
  regions.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);

/** Joins speech over short pauses. */
function joinSpeech(regions: readonly SpeechRegion[]): SpeechSegment[] {
  const stretches: SpeechSegment[] = [];
  for (const region of regions) {
    const speechSec = region.endSec - region.startSec;
    if (speechSec < minSpeechSec) continue;
    const last = stretches.at(-1);
    if (last !== undefined && region.startSec - last.endSec < maxPauseSec) {
      stretches.pop();
      stretches.push({
        startSec: last.startSec,
        endSec: region.endSec,
        speechSec: last.speechSec + speechSec,
      });
    } else stretches.push({ ...region, speechSec });
  }
  return stretches;
}

/** Cuts what is longer than a minute into equal parts. */
function cutLong({ startSec, endSec, speechSec }: SpeechSegment): SpeechSegment[] {
  const parts = Math.ceil((endSec - startSec) / maxStretchSec);
  const partSec = (endSec - startSec) / parts;
  return Array.from({ length: parts }, (_, part) => ({
    startSec: startSec + part * partSec,
    endSec: startSec + (part + 1) * partSec,
    speechSec: speechSec / parts,
  }));
}

/** Each utterance that begins in a span, and the speech between them, in order. */
function layStretches(
  speech: readonly SpeechRegion[],
  utterances: readonly Utterance[],
  span: SpeechRegion,
): SpeechSegment[] {
  const stretches: SpeechSegment[] = [];
  let { startSec } = span;
  const addSpeechUntil = (endSec: number): void => {
    stretches.push(...joinSpeech(within(speech, { startSec, endSec })).flatMap(cutLong));
  };
  for (const utterance of utterances) {
    if (utterance.startSec < startSec || utterance.startSec >= span.endSec) continue;
    addSpeechUntil(utterance.startSec);
    startSec = Math.min(utterance.endSec, span.endSec);
    const place = { startSec: utterance.startSec, endSec: startSec };
    // Whispered words have no vowels that could be found.
    const speechSec = lengthOf(within(speech, place)) || lengthOf([place]);
    stretches.push({ ...place, speechSec, utterance });
  }
  addSpeechUntil(span.endSec);
  return stretches;
}

/**
 * Finds speech in a recording that comes in blocks of some seconds each, and holds about two
 * minutes of it at most.
 * @yields stretches in order, not overlapping; speech longer than a minute is cut
 */
export async function* speechSegments(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { sampleRate, contextSec, utterances }: StretchOptions,
): AsyncGenerator<SegmentAudio> {
  const followingSec = Math.max(maxPauseSec, contextSec);
  let held: Float32Array = new Float32Array(0);
  let heldFrom = 0; // sample of the recording at which `held` starts
  let settledSec = 0;

  const heardSec = (): number => (heldFrom + held.length) / sampleRate;
  const unsettled = (): SegmentAudio[] => {
    const samplesStartSec = heldFrom / sampleRate;
    const speech = findSpeech(held, sampleRate).map(({ startSec, endSec }) => ({
      startSec: samplesStartSec + startSec,
      endSec: samplesStartSec + endSec,
    }));
    const rest = { startSec: settledSec, endSec: heardSec() };
    return layStretches(speech, utterances, rest).map((stretch) => ({
      ...stretch,
      samples: held,
      samplesStartSec,
    }));
  };

  for await (const block of blocks) {
    held = concatenate([held, block]);
    let openFromSec = heardSec();
    for (const stretch of unsettled()) {
      if (stretch.endSec + followingSec > heardSec()) {
        openFromSec = stretch.startSec;
        break;
      }
      settledSec = stretch.endSec;
      yield stretch;
    }
    const keepFromSec = Math.min(openFromSec - contextSec, heardSec() - lookBackSec);
    const surplus = Math.max(0, Math.floor(keepFromSec * sampleRate) - heldFrom);
    held = held.slice(surplus);
    heldFrom += surplus;
  }
  yield* unsettled();
}
