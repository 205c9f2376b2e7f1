/** Samples [start, end) in which a channel holds another one's sound. */
export interface Leak {
  readonly start: number;
  readonly end: number;
}

/** Hz; most of the power of speech is below half of it. */
const coarseRate = 4000;
const hopSec = 0.05;
const windowSec = 0.2;
const maxDelaySec = 0.06;
/** What leaks is quieter by at least this ratio of powers, 6 dB. */
const leastRatio = 4;
/** Mean square below which there is nothing to compare, -100 dB. */
const silentPower = 1e-10;

/** Correlation at any delay from which on a window hints at a leak. */
const hintCorrelation = 0.5;
/** The delay is looked for in every so many windows. */
const hintHops = 4;
/** Hints that are needed at one delay, and their share of all. */
const leastHints = { count: 3, share: 0.3 };
/** Weight of earlier hints: a delay may change in a long call. */
const memory = 0.5;
/** Correlation at the leak's delay from which on a window is a leak. */
const leakCorrelation = 0.8;
/** Windows near a leak are too where they are no louder than it by this ratio of powers. */
const louderRatio = 1.25;
const nearSec = 0.4;

/** A window against another channel, at the delay where they are most alike. */
interface Match {
  /** In coarse samples. */
  readonly delay: number;
  /** From 0 to 1, whatever the polarity. */
  readonly correlation: number;
  /** Power of the window by that of the other channel. */
  readonly ratio: number;
}

/**
 * Finds what of one channel leaks into another: the same waveform at one delay up to 60 ms, at least 6 dB quieter. The
 * delay is the one at which most short-time correlations peak, so two voices that are alike for a moment are no leak.
 */
export class LeakFinder {
  readonly #step: number;
  readonly #hop: number;
  readonly #window: number;
  /** Weight of the hints [delay in coarse samples]. */
  readonly #hints: Float64Array;

  constructor(sampleRate: number) {
    this.#step = Math.max(1, Math.floor(sampleRate / coarseRate));
    const rate = sampleRate / this.#step;
    this.#hop = Math.round(hopSec * rate);
    this.#window = Math.round(windowSec * rate);
    this.#hints = new Float64Array(Math.round(maxDelaySec * rate) + 1);
  }

  /** Returns where `quiet` holds `loud`, in order; both of one length. What was found before is remembered. */
  find(quiet: Float32Array, loud: Float32Array): Leak[] {
    const pair = new CoarsePair(quiet, loud, this.#step);
    const count = Math.ceil(pair.length / this.#hop);
    this.#collectHints(pair, count);
    const delay = this.#delay();
    if (delay === undefined) return [];
    const delays = [delay - 1, delay, delay + 1].filter((each) => each >= 0);
    const matches = Array.from({ length: count }, (_, hop) => this.#match(pair, hop, delays));
    return this.#joined(leakHops(matches), quiet.length);
  }

  #match(pair: CoarsePair, hop: number, delays: readonly number[]): Match | undefined {
    const start = Math.round((hop + 0.5) * this.#hop - this.#window / 2);
    return pair.match(Math.max(0, start), Math.min(pair.length, start + this.#window), delays);
  }

  #collectHints(pair: CoarsePair, count: number): void {
    const all = [...this.#hints.keys()];
    for (const delay of all) this.#hints[delay]! *= memory;
    for (let hop = 0; hop < count; hop += hintHops) {
      const match = this.#match(pair, hop, all);
      if (match && match.correlation >= hintCorrelation)
        this.#hints[match.delay]! += match.correlation;
    }
  }

  /** The delay at which most hints are, if most of them are at one. */
  #delay(): number | undefined {
    const near = this.#hints.map(
      (weight, n) => (this.#hints[n - 1] ?? 0) + weight + (this.#hints[n + 1] ?? 0),
    );
    const most = Math.max(...near);
    const total = this.#hints.reduce((sum, weight) => sum + weight, 0);
    return most >= Math.max(leastHints.count, leastHints.share * total)
      ? near.indexOf(most)
      : undefined;
  }

  #joined(isLeak: readonly boolean[], length: number): Leak[] {
    const leaks: { start: number; end: number }[] = [];
    const samples = this.#hop * this.#step;
    for (const [hop, leaksHere] of isLeak.entries()) {
      if (!leaksHere) continue;
      const end = Math.min(length, (hop + 1) * samples);
      const last = leaks.at(-1);
      if (last?.end === hop * samples) last.end = end;
      else leaks.push({ start: hop * samples, end });
    }
    return leaks;
  }
}

/** Returns which windows are leaks: those alike, and those near them that are as quiet. */
function leakHops(matches: readonly (Match | undefined)[]): boolean[] {
  const sure = matches.map((match) => match !== undefined && match.correlation >= leakCorrelation);
  const ratios = matches
    .flatMap((match, hop) => (sure[hop] ? [match!.ratio] : []))
    .toSorted((a, b) => a - b);
  const usual = ratios[Math.floor(ratios.length / 2)] ?? 0;
  const near = Math.round(nearSec / hopSec);
  return matches.map((match, hop) => {
    if (sure[hop] || match === undefined) return sure[hop]!;
    const isNear = sure.slice(Math.max(0, hop - near), hop + near + 1).includes(true);
    return isNear && match.ratio <= louderRatio * usual;
  });
}

/** Two channels at about 4 kHz. */
class CoarsePair {
  readonly length: number;
  readonly #quiet: Float32Array;
  readonly #loud: Float32Array;
  /** Energy before each sample. */
  readonly #quietEnergy: Float64Array;
  readonly #loudEnergy: Float64Array;

  constructor(quiet: Float32Array, loud: Float32Array, step: number) {
    [this.#quiet, this.#loud] = [averaged(quiet, step), averaged(loud, step)];
    [this.#quietEnergy, this.#loudEnergy] = [energyBefore(this.#quiet), energyBefore(this.#loud)];
    this.length = this.#quiet.length;
  }

  /** Returns the best match of the quiet channel's samples [start, end); `undefined` where none is silent enough to be a leak. */
  match(start: number, end: number, delays: readonly number[]): Match | undefined {
    const energy = this.#quietEnergy[end]! - this.#quietEnergy[start]!;
    if (energy < silentPower * (end - start)) return undefined;
    const earliest = Math.max(0, start - delays.at(-1)!);
    if (leastRatio * energy > this.#loudEnergy[end]! - this.#loudEnergy[earliest]!)
      return undefined;
    let best: Match | undefined;
    for (const delay of delays) {
      const from = Math.max(start, delay);
      if (from >= end) continue;
      const loudEnergy = this.#loudEnergy[end - delay]! - this.#loudEnergy[from - delay]!;
      if (leastRatio * energy > loudEnergy) continue;
      let product = 0;
      for (let n = from; n < end; n++) product += this.#quiet[n]! * this.#loud[n - delay]!;
      const correlation = Math.abs(product) / Math.sqrt(energy * loudEnergy);
      if (best && best.correlation >= correlation) continue;
      best = { delay, correlation, ratio: energy / loudEnergy };
    }
    return best;
  }
}

function averaged(samples: Float32Array, step: number): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, n) => {
    let sum = 0;
    for (let k = n * step; k < (n + 1) * step; k++) sum += samples[k]!;
    return sum / step;
  });
}

function energyBefore(samples: Float32Array): Float64Array {
  const before = new Float64Array(samples.length + 1);
  for (const [n, sample] of samples.entries()) before[n + 1] = before[n]! + sample ** 2;
  return before;
}
