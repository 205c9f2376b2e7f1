import type { Random } from "../../src/shared/random.ts";

/** A call of two people: what each says, by themselves, and what the two channels record. */
export interface Call {
  /** [speaker][sample], without noise and leak. */
  readonly spoken: readonly Float32Array[];
  /** [speaker][sample]: what of the other one leaks into the channel. */
  readonly leaks: readonly Float32Array[];
  /** [channel][sample] */
  readonly channels: readonly Float32Array[];
}

export interface CallOptions {
  readonly sampleRate: number;
  /** Of what leaks into the other channel; `-Infinity` for none. */
  readonly leakDb: number;
  readonly delaySec: number;
  readonly random: Random;
}

/** Root mean square of the channels' own noise, -65 dB. */
export const noiseLevel = 10 ** (-65 / 20);

/** Returns a call in which two people take turns with these clips [speaker][clip], and speak at once at every third change. */
export function buildCall(
  clips: readonly (readonly Float32Array[])[],
  { sampleRate, leakDb, delaySec, random }: CallOptions,
): Call {
  const placed: { readonly who: number; readonly at: number; readonly clip: Float32Array }[] = [];
  let at = sampleRate;
  const left = clips.map((each) => [...each]);
  for (let turn = 0; left.some((each) => each.length > 0); turn++) {
    const who = turn % 2;
    const count = 1 + random.integer(3);
    for (const clip of left[who]!.splice(0, count)) {
      placed.push({ who, at, clip });
      at += clip.length + Math.round(random.uniform(0.1, 0.5) * sampleRate);
    }
    const pauseSec = random.uniform() < 1 / 3 ? random.uniform(-1.5, -0.7) : random.uniform(0, 1);
    at += Math.round(pauseSec * sampleRate);
  }
  const length = Math.max(...placed.map((each) => each.at + each.clip.length)) + sampleRate;
  const spoken = clips.map(() => new Float32Array(length));
  for (const { who, at: start, clip } of placed) {
    for (const [n, sample] of clip.entries()) spoken[who]![start + n]! += sample;
  }
  const gain = 10 ** (leakDb / 20);
  const delay = Math.round(delaySec * sampleRate);
  const leaks = [1, 0].map((other) =>
    spoken[other]!.map((_, n) => gain * (spoken[other]![n - delay] ?? 0)),
  );
  const channels = spoken.map((own, who) =>
    own.map((sample, n) => sample + leaks[who]![n]! + noiseLevel * random.normal()),
  );
  return { spoken, leaks, channels };
}
