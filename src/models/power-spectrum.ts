import { hannWindow } from "../audio/windows.ts";
import { add, multiply } from "../graph/operators/arithmetic.ts";
import { stridedConvolution } from "../graph/operators/strided-convolution.ts";
import { pad, reshape, slice, transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { constant, type Tensor } from "../graph/tensor.ts";

/** Lengths in samples. */
interface TransformOptions {
  readonly nFft: number;
  readonly winLength: number;
  readonly hopLength: number;
  readonly frames: number;
}

/**
 * How the transform is cut in two (Cooley and Tukey): sample n = phases · row + phase of a frame and
 * bin k = first + length · second, with transforms over rows, then over phases.
 */
interface Cut {
  readonly phases: number;
  /** Length of the transforms over rows, nFft / phases. */
  readonly length: number;
  /** Bins of those that are computed; the others mirror them, as the signal is real. */
  readonly firsts: number;
}

/** More would spare little and cost accuracy. The hop must be whole rows. */
const mostPhases = 8;

function cutOf({ nFft, hopLength }: TransformOptions): Cut {
  let phases = mostPhases;
  while (nFft % phases > 0 || hopLength % phases > 0) phases /= 2;
  const length = nFft / phases;
  return { phases, length, firsts: Math.floor(length / 2) + 1 };
}

/**
 * Power of the short-time Fourier transform under a Hann window, [batch, samples] →
 * [batch, places, frames], with frames centered and zeros around the waveform; `bins` says which bin
 * stands at each place, some at two. Two rounds of short transforms take a third of the products of one
 * of full length. The window starts each frame: its place would only change the phase.
 */
export function powerSpectrum(
  waveform: Tensor,
  options: TransformOptions,
): { power: Tensor; bins: number[] } {
  const { winLength, hopLength, frames } = options;
  const [batch, samples] = waveform.shape;
  const cut = cutOf(options);
  const { phases, length, firsts } = cut;
  const windowRows = Math.ceil(winLength / phases);
  const rows = ((frames - 1) * hopLength) / phases + windowRows;
  const before = Math.floor(winLength / 2);
  const padded = pad(waveform, { axis: 1, before, after: rows * phases - before - samples! });
  const byPhase = transpose(reshape(padded, [batch!, rows, phases]), [0, 2, 1]);
  const overRows = stridedConvolution(byPhase, rowFilters(cut, winLength), {
    stride: hopLength / phases,
    groups: phases,
  }); // [batch, phases * firsts * 2, frames]
  const parts = reshape(overRows, [batch!, phases, firsts, 2 * frames]);
  const byFirst = reshape(transpose(parts, [0, 2, 1, 3]), [batch!, firsts, 2 * phases, frames]);
  const spectrum = matMul(phaseMatrices(cut), byFirst); // [batch, firsts, 2 * phases, frames]
  const real = slice(spectrum, { axis: 2, start: 0, end: phases });
  const imaginary = slice(spectrum, { axis: 2, start: phases, end: 2 * phases });
  const power = add(multiply(real, real), multiply(imaginary, imaginary));
  const bins = Array.from({ length: firsts * phases }, (_, place) => {
    const bin = Math.floor(place / phases) + length * (place % phases);
    return Math.min(bin, options.nFft - bin);
  });
  return { power: reshape(power, [batch!, firsts * phases, frames]), bins };
}

/** Window and transform over rows, for each phase the real and imaginary part of each first bin. */
function rowFilters({ phases, length, firsts }: Cut, winLength: number): Tensor {
  const window = hannWindow(winLength);
  const rows = Math.ceil(winLength / phases);
  const filters = new Float32Array(phases * firsts * 2 * rows);
  for (let phase = 0; phase < phases; phase++) {
    for (let first = 0; first < firsts; first++) {
      for (let row = 0; row < rows; row++) {
        const weight = window[phases * row + phase] ?? 0;
        const angle = turn(row * first, length);
        const at = (phase * firsts + first) * 2 * rows + row;
        filters[at] = weight * Math.cos(angle);
        filters[at + rows] = weight * Math.sin(angle);
      }
    }
  }
  return constant(filters, [phases * firsts * 2, 1, rows]);
}

/**
 * For each first bin the transform over phases, twiddle factors included, as a real matrix from
 * (phase, part) to (part, second bin): [firsts, 2 · phases, 2 · phases].
 */
function phaseMatrices({ phases, length, firsts }: Cut): Tensor {
  const side = 2 * phases;
  const matrices = new Float32Array(firsts * side * side);
  for (let first = 0; first < firsts; first++) {
    for (let second = 0; second < phases; second++) {
      for (let phase = 0; phase < phases; phase++) {
        const angle = turn(phase * (first + length * second), length * phases);
        const real = (first * side + second) * side + 2 * phase;
        const imaginary = real + phases * side;
        matrices[real] = Math.cos(angle);
        matrices[real + 1] = -Math.sin(angle);
        matrices[imaginary] = Math.sin(angle);
        matrices[imaginary + 1] = Math.cos(angle);
      }
    }
  }
  return constant(matrices, [firsts, side, side]);
}

/** −2π · product / length; the product is reduced first, so that large angles lose no precision. */
function turn(product: number, length: number): number {
  return (-2 * Math.PI * (product % length)) / length;
}
