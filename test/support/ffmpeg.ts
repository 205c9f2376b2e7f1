import { execFileSync, spawnSync } from "node:child_process";
import { decodeAudio, type DecodedAudio } from "../../src/audio/decode.ts";
import { toMono } from "../../src/audio/mix.ts";
import { UndertoneError } from "../../src/shared/errors.ts";

/** Whether Debian's ffmpeg, or another one, is there. */
export const hasFfmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

/** Runs ffmpeg. */
export function ffmpeg(...args: readonly string[]): Buffer {
  const options = { maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "pipe"] as const };
  return execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args], {
    ...options,
    stdio: [...options.stdio],
  });
}

/** Returns what ffmpeg decodes: the mean of all channels at a rate in Hz, from the file's time 0 on. */
export function ffmpegMono(path: string, sampleRate: number): Float32Array {
  const filter = "aresample=async=1:first_pts=0";
  const { buffer, byteOffset, byteLength } = Uint8Array.from(
    ffmpeg(
      "-i",
      path,
      "-vn",
      "-af",
      filter,
      "-ac",
      "1",
      "-ar",
      String(sampleRate),
      "-f",
      "f32le",
      "-",
    ),
  );
  return new Float32Array(buffer, byteOffset, Math.floor(byteLength / 4));
}

/** How a decoding stands beside ffmpeg's of the same file. */
export interface Comparison {
  readonly verdict: "equal" | "told" | "refused" | "differs";
  readonly lengthDifferenceSec: number;
  readonly correlation: number;
  /** By how much ours is late. */
  readonly lagSec: number;
  readonly warnings: readonly string[];
}

const mostLengthDifferenceSec = 0.07;
const mostLagSec = 0.02;

/** Decodes a file and compares it with ffmpeg's decoding: length, likeness, and time. */
export async function compareWithFfmpeg(path: string, bytes: Uint8Array): Promise<Comparison> {
  let audio: DecodedAudio;
  try {
    audio = await decodeAudio(bytes);
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    const none = { lengthDifferenceSec: 0, correlation: 0, lagSec: 0 };
    return { verdict: "refused", ...none, warnings: [error.message] };
  }
  const { sampleRate, warnings } = audio;
  const ours = toMono(audio.channels);
  const theirs = ffmpegMono(path, sampleRate);
  const lengthDifferenceSec = (ours.length - theirs.length) / sampleRate;
  const { lag, correlation } = bestLag(ours, theirs, Math.round(0.1 * sampleRate));
  const lagSec = lag / sampleRate;
  const isEqual =
    Math.abs(lengthDifferenceSec) <= mostLengthDifferenceSec &&
    Math.abs(lagSec) <= mostLagSec &&
    correlation > 0.98;
  const verdict = isEqual ? "equal" : warnings.length > 0 ? "told" : "differs";
  return { verdict, lengthDifferenceSec, correlation, lagSec, warnings };
}

/** Finds the lag at which two signals are most alike, coarsely and then to the sample. */
function bestLag(a: Float32Array, b: Float32Array, most: number) {
  let best = { lag: 0, correlation: correlationAt(a, b, 0) };
  const look = (lag: number): void => {
    const correlation = correlationAt(a, b, lag);
    if (correlation > best.correlation) best = { lag, correlation };
  };
  if (best.correlation > 0.999) return best;
  for (let lag = -most; lag <= most; lag += 4) look(lag);
  for (let lag = best.lag - 4, end = best.lag + 4; lag <= end; lag++) look(lag);
  return best;
}

function correlationAt(a: Float32Array, b: Float32Array, lag: number): number {
  let [product, ofA, ofB] = [0, 1e-12, 1e-12];
  for (let n = Math.max(0, -lag); n < Math.min(b.length, a.length - lag); n += 3) {
    const [x, y] = [a[n + lag]!, b[n]!];
    product += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return product / Math.sqrt(ofA * ofB);
}
