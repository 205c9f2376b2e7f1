import { findSpeech } from "../audio/speech-activity.ts";

/** Speech without a long pause, in seconds of the recording. */
export interface Stretch {
  readonly startSec: number;
  readonly endSec: number;
  /** How long someone speaks within it. */
  readonly speechSec: number;
}

/** A stretch with the sound that holds it: `samples` starts at `samplesStartSec`. */
export interface HeardStretch extends Stretch {
  readonly samples: Float32Array;
  readonly samplesStartSec: number;
}

interface StretchOptions {
  readonly sampleRate: number;
  /** Sound that a stretch brings along on each side, where the recording has it. */
  readonly contextSec: number;
}

const maxPauseSec = 1; // a speaker takes breath within an utterance
const minSpeechSec = 0.25; // about one syllable
const maxStretchSec = 60; // bounds the memory that speech without pauses takes
const lookBackSec = 30; // the background level is judged on at least this much sound

/** Joins speech over short pauses, from `fromSec` on. */
function joinSpeech(samples: Float32Array, sampleRate: number, fromSec: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const region of findSpeech(samples, sampleRate)) {
    const startSec = Math.max(region.startSec, fromSec);
    const speechSec = region.endSec - startSec;
    if (speechSec < minSpeechSec) continue;
    const last = stretches.at(-1);
    if (last !== undefined && startSec - last.endSec < maxPauseSec) {
      stretches.pop();
      stretches.push({
        startSec: last.startSec,
        endSec: region.endSec,
        speechSec: last.speechSec + speechSec,
      });
    } else stretches.push({ startSec, endSec: region.endSec, speechSec });
  }
  return stretches;
}

/** Cuts what is longer than a minute into equal parts. */
function cutLong({ startSec, endSec, speechSec }: Stretch): Stretch[] {
  const parts = Math.ceil((endSec - startSec) / maxStretchSec);
  const partSec = (endSec - startSec) / parts;
  return Array.from({ length: parts }, (_, part) => ({
    startSec: startSec + part * partSec,
    endSec: startSec + (part + 1) * partSec,
    speechSec: speechSec / parts,
  }));
}

function join(held: Float32Array, block: Float32Array): Float32Array {
  const joined = new Float32Array(held.length + block.length);
  joined.set(held);
  joined.set(block, held.length);
  return joined;
}

/**
 * Finds speech in a recording that comes in blocks of some seconds each, and holds about two
 * minutes of it at most.
 * @yields stretches in order, not overlapping; one longer than a minute is cut
 */
export async function* speechStretches(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { sampleRate, contextSec }: StretchOptions,
): AsyncGenerator<HeardStretch> {
  const followingSec = Math.max(maxPauseSec, contextSec);
  let held: Float32Array = new Float32Array(0);
  let heldFrom = 0; // sample of the recording at which `held` starts
  let settledSec = 0;

  const heardSec = (): number => (heldFrom + held.length) / sampleRate;
  const unsettled = (): HeardStretch[] => {
    const samplesStartSec = heldFrom / sampleRate;
    return joinSpeech(held, sampleRate, settledSec - samplesStartSec)
      .flatMap(cutLong)
      .map((stretch) => ({
        startSec: samplesStartSec + stretch.startSec,
        endSec: samplesStartSec + stretch.endSec,
        speechSec: stretch.speechSec,
        samples: held,
        samplesStartSec,
      }));
  };

  for await (const block of blocks) {
    held = join(held, block);
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
