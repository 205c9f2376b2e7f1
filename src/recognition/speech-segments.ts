import { findSpeech, type SpeechRegion } from "../audio/speech-activity.ts";
import {
  VoicingMeter,
  voicingHop,
  type EarlierFrames,
  type VoicingFrames,
} from "../audio/voicing.ts";
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

/** A speech segment with the sound that holds it: `samples` starts at `samplesStartSec`. */
export interface SegmentAudio extends SpeechSegment {
  readonly samples: Float32Array;
  readonly samplesStartSec: number;
}

interface SegmenterOptions {
  readonly sampleRate: number;
  /** Samples that a segment brings along on each side, where the recording has them. */
  readonly contextSec: number;
  /** In order, not overlapping: each is a segment of its own. More may be added at the end before they settle. */
  readonly utterances: readonly Utterance[];
}

/** Samples that are decided on in one go. */
const blockSec = 30;
const maxPauseSec = 1; // a speaker takes breath within an utterance
const minSpeechSec = 0.25; // about one syllable
const edgeSec = 0.75; // shorter speech that touches an utterance is the edge of it
const maxSegmentSec = 60; // bounds the memory that speech without pauses takes
const lookBackSec = 30; // the background level is estimated from at least this much sound
const growth = 1.5; // of room for samples that is full

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
  const segments: SpeechSegment[] = [];
  for (const region of regions) {
    const speechSec = region.endSec - region.startSec;
    if (speechSec < minSpeechSec) continue;
    const last = segments.at(-1);
    if (last !== undefined && region.startSec - last.endSec < maxPauseSec) {
      segments.pop();
      segments.push({
        startSec: last.startSec,
        endSec: region.endSec,
        speechSec: last.speechSec + speechSec,
      });
    } else segments.push({ ...region, speechSec });
  }
  return segments;
}

/** Cuts what is longer than a minute into equal parts. */
function cutLong({ startSec, endSec, speechSec }: SpeechSegment): SpeechSegment[] {
  const parts = Math.ceil((endSec - startSec) / maxSegmentSec);
  const partSec = (endSec - startSec) / parts;
  return Array.from({ length: parts }, (_, part) => ({
    startSec: startSec + part * partSec,
    endSec: startSec + (part + 1) * partSec,
    speechSec: speechSec / parts,
  }));
}

/** Each utterance that begins in a span, and the speech between them, in order. */
function laySegments(
  speech: readonly SpeechRegion[],
  utterances: readonly Utterance[],
  span: SpeechRegion,
): SpeechSegment[] {
  const segments: SpeechSegment[] = [];
  let { startSec } = span;
  const edges = new Set(utterances.flatMap((utterance) => [utterance.startSec, utterance.endSec]));
  const isEdge = (segment: SpeechSegment): boolean =>
    segment.speechSec < edgeSec && (edges.has(segment.startSec) || edges.has(segment.endSec));
  const addSpeechUntil = (endSec: number): void => {
    const between = joinSpeech(within(speech, { startSec, endSec }));
    segments.push(...between.filter((segment) => !isEdge(segment)).flatMap(cutLong));
  };
  for (const utterance of utterances) {
    if (utterance.startSec < startSec || utterance.startSec >= span.endSec) continue;
    addSpeechUntil(utterance.startSec);
    startSec = Math.min(utterance.endSec, span.endSec);
    const place = { startSec: utterance.startSec, endSec: startSec };
    // Whispered words have no vowels that could be found.
    const speechSec = lengthOf(within(speech, place)) || lengthOf([place]);
    segments.push({ ...place, speechSec, utterance });
  }
  addSpeechUntil(span.endSec);
  return segments;
}

/**
 * Finds the speech segments of a recording, in order and without overlap; speech longer than a minute is cut. The samples
 * may come in pieces of any length, which changes nothing. Holds about two minutes of them, and what is not yet settled.
 */
export class SpeechSegmenter {
  readonly #options: SegmenterOptions;
  readonly #meter: VoicingMeter;
  readonly #blockLength: number;
  /** Holds the samples that are kept, with room for more. */
  #buffer = new Float32Array(0);
  /** Samples that were decided on, and all that are kept. */
  #heldLength = 0;
  #length = 0;
  /** Frames of samples that came before. */
  #earlier: EarlierFrames | undefined;
  /** Sample of the recording at which `#buffer` starts. */
  #heldFrom = 0;
  #settledSec = 0;

  constructor(options: SegmenterOptions) {
    this.#options = options;
    this.#meter = new VoicingMeter(options.sampleRate);
    this.#blockLength = Math.round(blockSec * options.sampleRate);
  }

  /** Seconds of the recording that came so far. */
  get receivedSec(): number {
    return (this.#heldFrom + this.#length) / this.#options.sampleRate;
  }

  /** Seconds from the start before which no later segment begins. */
  get settledSec(): number {
    return Math.max(this.#settledSec, this.#heldFrom / this.#options.sampleRate);
  }

  /** Takes the next samples. */
  push(samples: Float32Array): void {
    const length = this.#length + samples.length;
    if (length > this.#buffer.length) {
      const larger = new Float32Array(Math.max(length, Math.round(growth * this.#length)));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(samples, this.#length);
    this.#length = length;
  }

  /**
   * Decides on whole blocks that end before all utterances up to `knownSec` are known.
   * @yields the segments that are settled by them
   */
  *advance(knownSec: number): Generator<SegmentAudio> {
    while (this.#length - this.#heldLength >= this.#blockLength) {
      if (this.#heldSec + blockSec > knownSec) return;
      yield* this.#take(this.#blockLength);
    }
  }

  /**
   * Decides on all that is left; all utterances are known.
   * @yields all other segments
   */
  *finish(): Generator<SegmentAudio> {
    yield* this.advance(Infinity);
    const rest = this.#length - this.#heldLength;
    if (rest > 0) yield* this.#take(rest);
    yield* this.#segmentsIn({ from: 0, end: this.#heldLength });
  }

  /** Returns the last speech segments of the recording so far, as they would be if it ended now; within `lookBackSec`. */
  provisional(): SegmentAudio[] {
    const { sampleRate } = this.#options;
    const from = Math.max(0, this.#length - lookBackSec * sampleRate);
    return this.#segmentsIn({ from: from - (from % voicingHop(sampleRate)), end: this.#length });
  }

  get #heldSec(): number {
    return (this.#heldFrom + this.#heldLength) / this.#options.sampleRate;
  }

  /** Returns frames of the kept samples before `end`; those that came before are not measured again. */
  #framesUntil(end: number): VoicingFrames {
    const earlier = this.#earlier && {
      ...this.#earlier,
      length: Math.min(this.#earlier.length, this.#earlier.skipped + end),
    };
    const frames = this.#meter.measure(this.#buffer.subarray(0, end), earlier);
    this.#earlier = { frames, length: end, skipped: 0 };
    return frames;
  }

  /** Segments in kept samples [from, end); `from` is a multiple of the hop. */
  #segmentsIn({ from, end }: { readonly from: number; readonly end: number }): SegmentAudio[] {
    const { sampleRate, utterances } = this.#options;
    const samples = this.#buffer.subarray(from, end);
    const samplesStartSec = (this.#heldFrom + from) / sampleRate;
    const frames = framesFrom(from / voicingHop(sampleRate), this.#framesUntil(end));
    const speech = findSpeech(samples, sampleRate, { frames }).map(({ startSec, endSec }) => ({
      startSec: samplesStartSec + startSec,
      endSec: samplesStartSec + endSec,
    }));
    const rest = {
      startSec: Math.max(this.#settledSec, samplesStartSec),
      endSec: samplesStartSec + samples.length / sampleRate,
    };
    return laySegments(speech, utterances, rest).map((segment) => ({
      ...segment,
      samples,
      samplesStartSec,
    }));
  }

  *#take(length: number): Generator<SegmentAudio> {
    const { sampleRate, contextSec } = this.#options;
    const followingSec = Math.max(maxPauseSec, contextSec);
    this.#heldLength += length;
    let openFromSec = this.#heldSec;
    for (const segment of this.#segmentsIn({ from: 0, end: this.#heldLength })) {
      if (segment.endSec + followingSec > this.#heldSec) {
        openFromSec = segment.startSec;
        break;
      }
      this.#settledSec = segment.endSec;
      yield segment;
    }
    const keepFromSec = Math.min(openFromSec - contextSec, this.#heldSec - lookBackSec);
    const most = Math.max(0, Math.floor(keepFromSec * sampleRate) - this.#heldFrom);
    const surplus = most - (most % voicingHop(sampleRate));
    if (this.#earlier) this.#earlier = { ...this.#earlier, skipped: surplus };
    const kept = this.#buffer.subarray(surplus, this.#length);
    this.#buffer = new Float32Array(kept.length + this.#blockLength); // with room for the next block
    this.#buffer.set(kept);
    this.#heldLength -= surplus;
    this.#length -= surplus;
    this.#heldFrom += surplus;
  }
}

/** Returns frames without the first ones. */
function framesFrom(
  first: number,
  { hopSec, levelDb, voicing, f0, toneShare }: VoicingFrames,
): VoicingFrames {
  return {
    hopSec,
    levelDb: levelDb.subarray(first),
    voicing: voicing.subarray(first),
    f0: f0.subarray(first),
    toneShare: toneShare.subarray(first),
  };
}
