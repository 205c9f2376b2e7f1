import { articulate } from "../datasets/synthesis/articulation.ts";
import { sentences } from "../datasets/synthesis/sentences.ts";
import { synthesize } from "../datasets/synthesis/source-filter.ts";
import { drawProsody, drawVoice } from "../datasets/synthesis/voices.ts";
import { Random } from "../shared/random.ts";

/** Length of `spokenClip`. */
export const spokenClipSec = 3;

const frameSec = 0.004;
const peak = 0.5;

/** Synthetic speech without a pause, the same each time: [spokenClipSec · sampleRate] in ±0.5. */
export function spokenClip(sampleRate: number): Float32Array {
  const random = new Random(1, "spoken clip");
  const voice = drawVoice("female", random);
  const prosody = drawProsody(voice, { emotion: "neutral", strong: false }, random);
  const syllables = [...sentences, ...sentences].flat(); // somewhat more than is needed
  const frames = articulate(syllables, { voice, prosody, frameSec }, random);
  const frameLength = Math.ceil(sampleRate * frameSec);
  const speech = synthesize(frames, { voice, prosody, frameLength, sampleRate }, random);
  const clip = speech.subarray(0, Math.round(spokenClipSec * sampleRate));
  const loudest = clip.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return clip.map((sample) => (peak / loudest) * sample);
}
