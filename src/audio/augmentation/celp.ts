import { analyze, quantizedPredictor, synthesize } from "./linear-prediction.ts";

export interface CelpOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Of the linear prediction. */
  readonly order: number;
  /** Pulses of equal height every 5 ms. */
  readonly pulses: number;
}

const frameSec = 0.02;
const subframeSec = 0.005;
/** Fundamental frequencies that the adaptive codebook can repeat. */
const [lowestHz, highestHz] = [70, 400]; // the highest at most twice a subframe's rate
const ratioStep = 0.25;
/** How far noise may follow the formants of the speech that masks it. */
const noiseShaping = 0.8;
const tracks = 5;
const gainSteps = 4; // an octave
const repeatSteps = 16;
const largestRepeat = 1.2;

/**
 * Returns samples after code-excited linear prediction: every 5 ms a repetition of the past excitation and some pulses, chosen
 * by analysis through synthesis with the noise shaped after the speech.
 * @see Schroeder & Atal 1985, "Code-excited linear prediction"; 3GPP TS 26.090 for pulses on tracks
 */
export function celp(samples: Float32Array, options: CelpOptions): Float32Array {
  const { sampleRate, order } = options;
  const frameLength = frameSec * sampleRate;
  const size = subframeSec * sampleRate;
  const history = Math.ceil(sampleRate / lowestHz);
  const length = history + Math.ceil(samples.length / frameLength) * frameLength;
  const [speech, residual, excitation, error, output] = Array.from(
    { length: 5 },
    () => new Float64Array(length),
  );
  speech!.set(samples, history);
  for (let start = history; start < length; start += frameLength) {
    const end = start + frameLength;
    const a = quantizedPredictor(windowed(speech!, start, end), order, ratioStep);
    const shaped = a.map((coefficient, i) => coefficient * noiseShaping ** i);
    const response = impulseResponse(shaped, size);
    analyze(a, { from: speech!, to: residual!, start, end });
    for (let at = start; at < end; at += size) {
      const toShape = { from: residual!, to: error!, start: at, end: at + size };
      // The perceptually weighted error if nothing were sent.
      synthesize(shaped, toShape);
      const target = error!.slice(at, at + size);
      const chosen = excite(target, { past: excitation!, at, response, ...options });
      excitation!.set(chosen, at);
      for (let n = 0; n < size; n++) residual![at + n]! -= chosen[n]!;
      synthesize(shaped, toShape);
    }
    synthesize(a, { from: excitation!, to: output!, start, end });
  }
  return samples.map((_, n) => output![history + n]!);
}

/** Returns a frame and a quarter of one on either side under a Hann window. */
function windowed(speech: Float64Array, start: number, end: number): Float64Array {
  const reach = (end - start) / 4;
  const from = Math.max(0, start - reach);
  const frame = speech.slice(from, Math.min(speech.length, end + reach));
  return frame.map((x, n) => x * Math.sin((Math.PI * (n + 0.5)) / frame.length) ** 2);
}

function impulseResponse(a: Float64Array, length: number): Float64Array {
  const response = new Float64Array(a.length + length);
  const impulse = new Float64Array(a.length + length);
  impulse[a.length] = 1;
  synthesize(a, { from: impulse, to: response, start: a.length, end: response.length });
  return response.slice(a.length);
}

interface Excitation extends CelpOptions {
  readonly past: Float64Array;
  readonly at: number;
  readonly response: Float64Array;
}

/** Returns the quantized excitation that comes near `target` through `response`. */
function excite(target: Float64Array, options: Excitation): Float64Array {
  const { response } = options;
  const repeated = repeat(target, options);
  const answer = convolve(repeated, response);
  const wanted = product(target, answer) / (product(answer, answer) || 1);
  const steps = Math.round(repeatSteps * Math.max(0, Math.min(largestRepeat, wanted)));
  const repeatGain = steps / repeatSteps;
  const left = target.map((value, n) => value - repeatGain * answer[n]!);
  const code = pulseCode(left, options);
  const codeAnswer = convolve(code, response);
  const best = product(left, codeAnswer) / (product(codeAnswer, codeAnswer) || 1);
  const codeGain = best < 2 ** -18 ? 0 : 2 ** (Math.round(gainSteps * Math.log2(best)) / gainSteps);
  return target.map((_, n) => repeatGain * repeated[n]! + codeGain * code[n]!);
}

/** Returns the part of past excitation whose repetition is most like what the target asks for. */
function repeat(target: Float64Array, { past, at, response, sampleRate }: Excitation) {
  const wanted = new Float64Array(target.length);
  for (let n = 0; n < wanted.length; n++) wanted[n] = correlation(target, response, n);
  let best = { score: 0, lag: Math.floor(sampleRate / lowestHz) };
  const lagStep = Math.ceil(sampleRate / 8000);
  for (let lag = sampleRate / highestHz; lag <= sampleRate / lowestHz; lag += lagStep) {
    let [similarity, energy] = [0, 1e-12];
    for (let n = 0; n < target.length; n++) {
      const value = past[at + n - (n < lag ? lag : 2 * lag)]!;
      similarity += wanted[n]! * value;
      energy += value * value;
    }
    const score = similarity > 0 ? similarity ** 2 / energy : 0;
    if (score > best.score) best = { score, lag };
  }
  const { lag } = best;
  return target.map((_, n) => past[at + n - (n < lag ? lag : 2 * lag)]!);
}

/** Returns pulses of height 1 and −1, each the best one on its track of every fifth place. */
function pulseCode(target: Float64Array, { response, pulses }: Excitation): Float64Array {
  const left = target.slice();
  const code = new Float64Array(target.length);
  const energies = target.map((_, n) => product(response, response, target.length - n));
  for (let pulse = 0; pulse < pulses; pulse++) {
    let best = { score: -1, place: 0, height: 0 };
    for (let place = pulse % tracks; place < target.length; place += tracks) {
      const height = correlation(left, response, place) / energies[place]!;
      const score = height ** 2 * energies[place]!;
      if (score > best.score) best = { score, place, height };
    }
    const { place, height } = best;
    code[place]! += Math.sign(height);
    for (let n = place; n < left.length; n++) left[n]! -= height * response[n - place]!;
  }
  return code;
}

function convolve(signal: Float64Array, response: Float64Array): Float64Array {
  const answer = new Float64Array(signal.length);
  for (let n = 0; n < signal.length; n++) {
    if (signal[n] === 0) continue;
    for (let i = 0; n + i < signal.length; i++) answer[n + i]! += signal[n]! * response[i]!;
  }
  return answer;
}

/** Returns the product of a target with the response to a pulse at one place. */
function correlation(target: Float64Array, response: Float64Array, place: number): number {
  let sum = 0;
  for (let n = place; n < target.length; n++) sum += target[n]! * response[n - place]!;
  return sum;
}

function product(a: Float64Array, b: Float64Array, length = a.length): number {
  let sum = 0;
  for (let n = 0; n < length; n++) sum += a[n]! * b[n]!;
  return sum;
}
