import { VoicingMeter, type VoicingFrames } from "./voicing.ts";

/** A speech segment, in seconds from the start of the recording. */
export interface SpeechRegion {
  readonly startSec: number;
  readonly endSec: number;
}

export interface SpeechActivity {
  /** In order, not overlapping. */
  readonly regions: readonly SpeechRegion[];
  /**
   * Share of the frames above the background that are voice-like, 0 to 1: periodic, of more than one partial, changing.
   * 0 for silence, noise, hum, tones and clicks; about 0.3 to 0.9 for speech.
   */
  readonly speechLikeness: number;
}

export interface SpeechActivityOptions {
  /** Level in dBFS (RMS of 40 ms) below which nothing is speech; -85 by default. */
  readonly floorDb?: number;
  /** Shorter pauses are part of the region; 0.3 by default. */
  readonly minPauseSec?: number;
  /** Added before and after each region, for quiet onsets and ends of words; 0.1 by default. */
  readonly paddingSec?: number;
  /** Whether regions end where the quiet edges of words do, not where speech stands clear of the background; `false` by default. */
  readonly quietEdges?: boolean;
  /** The samples' frames, where they are known. */
  readonly frames?: VoicingFrames;
}

const minVoicing = 0.5; // noise seldom exceeds 0.45
const maxToneShare = 0.9;
const aboveBackgroundDb = 6; // frames of steady noise vary by 2 dB
const belowSpeechDb = 30; // the dynamic range of speech
/** Of quiet edges: speech of the quieter of two speakers, and what exceeds the background by so many times as much as that varies. */
const edges = { belowSpeechDb: 35, aboveVariation: 3, leastAboveDb: 1.5 } as const;
const minVoicedFrames = 4; // 80 ms: less than the shortest syllable has

function quantile(values: Float32Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

/** Whether each frame is vowel-like: periodic, above the background, no pure tone and not perfectly steady. */
function vowelFrames(frames: VoicingFrames, backgroundDb: number): boolean[] {
  const { levelDb, voicing, f0, toneShare } = frames;
  return Array.from(voicing, (strength, t) => {
    if (strength < minVoicing || toneShare[t]! > maxToneShare) return false;
    if (levelDb[t]! < backgroundDb + aboveBackgroundDb) return false;
    const levelChangeDb = Math.abs(levelDb[t]! - (levelDb[t - 1] ?? -Infinity));
    const f0Change = Math.abs(f0[t]! / (f0[t - 1] ?? Infinity) - 1);
    return levelChangeDb > 0.5 || f0Change > 0.003;
  });
}

/** How loud a frame is that may be the quiet edge of a word. */
function edgeDb(levelDb: Float32Array, backgroundDb: number, speechDb: number): number {
  const variationDb = backgroundDb - quantile(levelDb, 0.05);
  const aboveDb = Math.max(edges.leastAboveDb, edges.aboveVariation * variationDb);
  return Math.max(
    backgroundDb + Math.min(aboveBackgroundDb, aboveDb),
    speechDb - edges.belowSpeechDb,
  );
}

/** Whether each frame is at or above the level, and so is the one before or after it: noise exceeds it now and then. */
function loudPairs(levelDb: Float32Array, thresholdDb: number): boolean[] {
  const loud = Array.from(levelDb, (level) => level >= thresholdDb);
  return loud.map((isLoud, t) => isLoud && (loud[t - 1] === true || loud[t + 1] === true));
}

/** Runs [first, end) of loud frames, merged over short pauses. */
function loudRuns(loud: readonly boolean[], pauseFrames: number): [number, number][] {
  const runs: [number, number][] = [];
  for (const [t, isLoud] of loud.entries()) {
    if (!isLoud) continue;
    const last = runs.at(-1);
    if (last !== undefined && t - last[1] < pauseFrames) last[1] = t + 1;
    else runs.push([t, t + 1]);
  }
  return runs;
}

/**
 * Detects speech at any level: vowels by their periodicity, then regions around them of all frames that exceed both the
 * background and the vowels' level less 30 dB. Whispered speech has no vowels in this sense and is not detected. Takes about a
 * thousandth of the duration.
 * @param samples mono
 * @throws RangeError when `sampleRate` is below 4000 Hz
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, speechActivity, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const { regions, speechLikeness } = speechActivity(toMono(channels), sampleRate);
 * const speechSec = regions.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);
 * ```
 */
export function speechActivity(
  samples: Float32Array,
  sampleRate: number,
  options: SpeechActivityOptions = {},
): SpeechActivity {
  const { floorDb = -85, minPauseSec = 0.3, paddingSec = 0.1, quietEdges = false } = options;
  if (!(sampleRate >= 4000)) {
    throw new RangeError(`speechActivity: sampleRate must be at least 4000 Hz, got ${sampleRate}`);
  }
  const none = { regions: [], speechLikeness: 0 };
  if (samples.length === 0) return none;
  const { frames = new VoicingMeter(sampleRate).measure(samples) } = options;
  const { levelDb, hopSec } = frames;
  const backgroundDb = Math.max(floorDb, quantile(levelDb, 0.1));
  const vowels = vowelFrames(frames, backgroundDb);
  const vowelLevels = levelDb.filter((_, t) => vowels[t]);
  if (vowelLevels.length === 0) return none;

  const speechDb = quantile(vowelLevels, 0.9);
  const thresholdDb = Math.max(backgroundDb + aboveBackgroundDb, speechDb - belowSpeechDb);
  const loud = Array.from(levelDb, (level) => level >= thresholdDb);
  const spoken = quietEdges ? loudPairs(levelDb, edgeDb(levelDb, backgroundDb, speechDb)) : loud;
  const regions: { startSec: number; endSec: number }[] = [];
  let vowelCount = 0;
  for (const [first, end] of loudRuns(spoken, minPauseSec / hopSec)) {
    const inRun = vowels.slice(first, end).filter(Boolean).length;
    if (inRun < minVoicedFrames) continue;
    vowelCount += inRun;
    const startSec = Math.max(0, first * hopSec - paddingSec);
    const endSec = Math.min(samples.length / sampleRate, end * hopSec + paddingSec);
    const last = regions.at(-1);
    if (last !== undefined && startSec <= last.endSec) last.endSec = endSec;
    else regions.push({ startSec, endSec });
  }
  const loudCount = loud.filter(Boolean).length;
  return { regions, speechLikeness: vowelCount / loudCount };
}

/**
 * Returns the regions of `speechActivity`.
 * @throws RangeError when `sampleRate` is below 4000 Hz
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, findSpeech, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const [first] = findSpeech(toMono(channels), sampleRate);
 * const startSec = first?.startSec;
 * ```
 */
export function findSpeech(
  samples: Float32Array,
  sampleRate: number,
  options: SpeechActivityOptions = {},
): readonly SpeechRegion[] {
  return speechActivity(samples, sampleRate, options).regions;
}
