import { melFilterbank } from "../audio/mel.ts";
import { hannWindow } from "../audio/windows.ts";
import { emitModel } from "../graph/emit.ts";
import { withFreeAxes } from "../graph/free-axes.ts";
import { decodeTensor } from "../graph/import/decode-tensor.ts";
import { parseOnnx } from "../graph/import/onnx-file.ts";
import { lengthOf, sliceBetween } from "../graph/operators/any-length.ts";
import {
  add,
  clampBelow,
  divide,
  log,
  maximum,
  multiply,
  subtract,
} from "../graph/operators/arithmetic.ts";
import { slice } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceMax } from "../graph/operators/reduce.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import { constant, input, integers, node, scalar, type Tensor } from "../graph/tensor.ts";
import { UndertoneError } from "../shared/errors.ts";
import { whisperFrames } from "./encoder-layers.ts";

const sampleRate = 16_000;
const nFft = 400;
const hopLength = 160;
const nMels = 80;
const bins = nFft / 2 + 1;

/** Name of the table of positions in Whisper's files, [1500, width]; fed, so that it can be as long as the clip. */
export const whisperPositions = "embed_positions.weight";

/** Input of Whisper's encoder: the log-mel spectrum, [batch, nMels, 2 · frames]. */
export const whisperFeatures = "input_features";

/**
 * What Whisper's encoder is fed for a clip at its own length: the log-mel spectrum and as many rows of the table of
 * positions, instead of 30 seconds of which most are silence.
 * @see Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision
 */
export class WhisperInput {
  readonly #session: Session;
  readonly #width: number;

  private constructor(session: Session, width: number) {
    this.#session = session;
    this.#width = width;
  }

  /** Opens the input of an encoder's file. @throws UndertoneError `model-invalid` when it has no table of positions */
  static async open(runtime: Runtime, file: Uint8Array): Promise<WhisperInput> {
    const { bytes, width } = whisperFrontEnd(file);
    return new WhisperInput(await Session.open(runtime, bytes, { threads: 1 }), width);
  }

  /** Feeds for mono samples at 16 kHz, at most 30 seconds. */
  async feeds(data: Float32Array): Promise<Feeds> {
    const outputs = await this.#session.run({ speech: { data, shape: [1, data.length] } });
    const frames = whisperFrames(data.length);
    return {
      [whisperFeatures]: { data: outputs[whisperFeatures]!, shape: [1, nMels, 2 * frames] },
      [whisperPositions]: { data: outputs[whisperPositions]!, shape: [frames, this.#width] },
    };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/**
 * Returns the graph from `speech` [batch, samples], at 16 kHz and at most `longestSec`, to the two inputs of an encoder's
 * file, and the width of its positions.
 * @throws UndertoneError `model-invalid` when it has no table of positions
 */
export function whisperFrontEnd(
  file: Uint8Array,
  longestSec = 30,
): {
  readonly bytes: Uint8Array;
  readonly width: number;
} {
  const table = parseOnnx(file).initializers.get(whisperPositions);
  const { values, shape } = (table && decodeTensor(table)) ?? {};
  const [rows, width] = shape ?? [];
  if (!(values instanceof Float32Array) || rows === undefined || width === undefined) {
    const message = `This is no encoder of Whisper: its file has no table ${whisperPositions}.`;
    throw new UndertoneError("model-invalid", message);
  }
  const speech = input("speech", [1, sampleRate]);
  const example = whisperFrames(sampleRate);
  const frames = divide(lengthOf(speech, 1), integers([2 * hopLength]));
  const mels = sliceBetween(logMels(speech), {
    axis: 2,
    start: integers([0]),
    end: multiply(frames, integers([2])),
    length: 2 * example,
  });
  const kept = Math.min(rows, whisperFrames(Math.round(longestSec * sampleRate)));
  const positions = constant(values.subarray(0, kept * width), [kept, width]);
  const first = { axis: 0, start: integers([0]), end: frames, length: Math.min(kept, example) };
  const bytes = emitModel({
    outputs: {
      [whisperFeatures]: scaled(mels),
      [whisperPositions]: sliceBetween(positions, first),
    },
    freeBatch: true,
  });
  const free = withFreeAxes(bytes, {
    speech: { axis: 1, name: "samples" },
    [whisperFeatures]: { axis: 2, name: "frames" },
  });
  return { bytes: free, width };
}

/** Logarithms to the base 10 of mel bands, of windows centered a hop apart: [batch, samples] → [batch, nMels, frames]. */
function logMels(speech: Tensor): Tensor {
  const [batch, samples] = speech.shape;
  const half = nFft / 2;
  const mirrored = node("Pad", [speech, integers([0, half, 0, half])], {
    shape: [batch!, samples! + nFft],
    attributes: { mode: "reflect" },
  });
  const channel = node("Unsqueeze", [mirrored, integers([1])], {
    shape: [batch!, 1, samples! + nFft],
  });
  const frames = Math.floor(samples! / hopLength) + 1;
  const parts = node("Conv", [channel, fourierFilters()], {
    shape: [batch!, 2 * bins, frames],
    attributes: { strides: [hopLength] },
  });
  const squares = multiply(parts, parts);
  const power = add(
    slice(squares, { axis: 1, start: 0, end: bins }),
    slice(squares, { axis: 1, start: bins, end: 2 * bins }),
  );
  const filters = melFilterbank({ sampleRate, nFft, nMels, fMin: 0, fMax: 8000, scale: "slaney" });
  const mels = matMul(constant(filters, [nMels, bins]), power);
  return multiply(log(clampBelow(mels, 1e-10)), scalar(Math.LOG10E));
}

/** Windowed waves of each bin, [real parts then imaginary parts, 1, nFft]. */
function fourierFilters(): Tensor {
  const hann = hannWindow(nFft);
  const filters = new Float32Array(2 * bins * nFft);
  for (let bin = 0; bin < bins; bin++) {
    for (let n = 0; n < nFft; n++) {
      const angle = (2 * Math.PI * ((n * bin) % nFft)) / nFft;
      filters[bin * nFft + n] = hann[n]! * Math.cos(angle);
      filters[(bins + bin) * nFft + n] = hann[n]! * Math.sin(angle);
    }
  }
  return constant(filters, [2 * bins, 1, nFft]);
}

/** The loudest 8 decades of a clip, around 0. */
function scaled(mels: Tensor): Tensor {
  const loudest = reduceMax(mels, { axes: [1, 2], keepAxes: true });
  const shown = maximum(mels, subtract(loudest, scalar(8)));
  return divide(add(shown, scalar(4)), scalar(4));
}
