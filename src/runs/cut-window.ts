import { findSpeech } from "../audio/speech-activity.ts";
import type { Recipe } from "./recipe.ts";

type WindowOptions = Pick<Recipe["features"], "sampleRate" | "frames" | "hopLength" | "window">;

/** The part of a clip that the network sees, padded with zeros at its end where it is short. */
export function cutWindow(samples: Float32Array, features: WindowOptions): Float32Array {
  const length = features.frames * features.hopLength;
  const window = new Float32Array(length);
  let start = 0;
  if (features.window === "speech") {
    const regions = findSpeech(samples, features.sampleRate);
    const [first, last] = [regions[0], regions.at(-1)];
    const centerSec =
      first && last ? (first.startSec + last.endSec) / 2 : samples.length / features.sampleRate / 2;
    const centerd = Math.round(centerSec * features.sampleRate - length / 2);
    start = Math.max(0, Math.min(centerd, samples.length - length));
  }
  window.set(samples.subarray(start, start + length));
  return window;
}
