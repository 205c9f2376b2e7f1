/** Voices that differ as people's do, and calls of two of them, for tests without recordings. */
import { articulate } from "../../src/datasets/synthesis/articulation.ts";
import { sentences } from "../../src/datasets/synthesis/sentences.ts";
import { synthesize } from "../../src/datasets/synthesis/source-filter.ts";
import { drawProsody, drawVoice } from "../../src/datasets/synthesis/voices.ts";
import { Random } from "../../src/shared/random.ts";

const sampleRate = 16_000;
const frameLength = 64;

/** Returns a sentence of about 2 s by a speaker, at 16 kHz, at this root mean square. */
export function sentence(speaker: number, take: number, level = 0.1): Float32Array {
  const voice = drawVoice(speaker % 2 === 1 ? "male" : "female", new Random("voice", speaker));
  const random = new Random("sentence", speaker, take);
  const prosody = drawProsody(voice, { emotion: "neutral", strong: false }, random);
  const words = sentences[take % sentences.length]!;
  const frames = articulate(words, { voice, prosody, frameSec: frameLength / sampleRate }, random);
  const speech = synthesize(frames, { voice, prosody, frameLength, sampleRate }, random);
  const power = speech.reduce((sum, x) => sum + x * x, 0) / speech.length;
  return speech.map((x) => (x * level) / Math.sqrt(power));
}

/** Returns sounds at their seconds, over silence or faint noise. */
export function placed(
  durationSec: number,
  sounds: readonly { readonly atSec: number; readonly sound: Float32Array }[],
  noise = 0,
): Float32Array {
  const random = new Random("noise of a channel");
  const samples = new Float32Array(Math.round(durationSec * sampleRate));
  if (noise > 0) for (const n of samples.keys()) samples[n] = noise * random.normal();
  for (const { atSec, sound } of sounds) {
    const start = Math.round(atSec * sampleRate);
    for (const [n, x] of sound.entries()) {
      if (start + n < samples.length) samples[start + n]! += x;
    }
  }
  return samples;
}

/** Returns a channel into which another one leaks, later and at this gain. */
export function leaking(
  into: Float32Array,
  from: Float32Array,
  { gain, delaySec }: { readonly gain: number; readonly delaySec: number },
): Float32Array {
  const delay = Math.round(delaySec * sampleRate);
  return into.map((x, n) => x + gain * (from[n - delay] ?? 0));
}
