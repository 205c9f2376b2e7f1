import { melFilterbank } from "../audio/mel.ts";
import { hannWindow } from "../audio/windows.ts";
import { emitModel } from "../graph/emit.ts";
import { decodeTensor } from "../graph/import/decode-tensor.ts";
import { parseOnnx } from "../graph/import/onnx-file.ts";
import { add, clampBelow, log, multiply } from "../graph/operators/arithmetic.ts";
import { slice } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { Session, type Feeds, type Runtime } from "../graph/session.ts";
import { constant, input, scalar, type Tensor } from "../graph/tensor.ts";
import { UndertoneError } from "../shared/errors.ts";
import { whisperFrames } from "./encoder-layers.ts";

const sampleRate = 16_000;
const nFft = 400;
const hopLength = 160;
const nMels = 80;
const bins = nFft / 2 + 1;

/** Name of the table of positions in Whisper's files, [1500, width]; fed, so that it can be as long as the clip. */
export const whisperPositions = "embed_positions.weight";

/**
 * What Whisper's encoder is fed for a clip at its own length: the log-mel spectrum and as many rows of the table of
 * positions, instead of 30 seconds of which most are silence.
 * @see Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision
 */
export class WhisperInput {
  readonly #spectrum: Session;
  readonly #positions: Float32Array;
  readonly #width: number;

  private constructor(spectrum: Session, positions: Float32Array, width: number) {
    this.#spectrum = spectrum;
    this.#positions = positions;
    this.#width = width;
  }

  /** Opens the input of an encoder's file. @throws UndertoneError `model-invalid` when it has no table of positions */
  static async open(runtime: Runtime, file: Uint8Array): Promise<WhisperInput> {
    const table = parseOnnx(file).initializers.get(whisperPositions);
    const positions = table && decodeTensor(table);
    const [, width] = positions?.shape ?? [];
    if (!(positions?.values instanceof Float32Array) || width === undefined) {
      const message = `This is no encoder of Whisper: its file has no table ${whisperPositions}.`;
      throw new UndertoneError("model-invalid", message);
    }
    const outputs = { mels: logMels(input("windows", [1, nFft])) };
    const model = emitModel({ outputs, freeBatch: true });
    const spectrum = await Session.open(runtime, model, { threads: 1 });
    return new WhisperInput(spectrum, positions.values, width);
  }

  /** Feeds for mono samples at 16 kHz, at most 30 seconds. */
  async feeds(samples: Float32Array): Promise<Feeds> {
    const frames = whisperFrames(samples.length);
    const windows = { data: windowsOf(samples, 2 * frames), shape: [2 * frames, nFft] };
    const { mels } = await this.#spectrum.run({ windows });
    return {
      input_features: { data: scaled(mels!), shape: [1, nMels, 2 * frames] },
      [whisperPositions]: {
        data: this.#positions.subarray(0, frames * this.#width),
        shape: [frames, this.#width],
      },
    };
  }

  async close(): Promise<void> {
    await this.#spectrum.close();
  }
}

/** Windows [count, nFft] centered a hop apart; the clip is mirrored at its ends. */
function windowsOf(samples: Float32Array, count: number): Float32Array {
  const windows = new Float32Array(count * nFft);
  const last = samples.length - 1;
  for (let i = 0; i < windows.length; i++) {
    const at = Math.abs(Math.floor(i / nFft) * hopLength + (i % nFft) - nFft / 2);
    windows[i] = samples[at > last ? 2 * last - at : at]!;
  }
  return windows;
}

/** Windows of samples [batch, nFft] → the logarithms of their mel bands to the base 10, [batch, nMels]. */
function logMels(windows: Tensor): Tensor {
  const hann = hannWindow(nFft);
  const basis = new Float32Array(nFft * 2 * bins); // [nFft, real parts then imaginary parts]
  for (let n = 0; n < nFft; n++) {
    for (let bin = 0; bin < bins; bin++) {
      const angle = (2 * Math.PI * ((n * bin) % nFft)) / nFft;
      basis[n * 2 * bins + bin] = hann[n]! * Math.cos(angle);
      basis[n * 2 * bins + bins + bin] = hann[n]! * Math.sin(angle);
    }
  }
  const parts = matMul(windows, constant(basis, [nFft, 2 * bins]));
  const squares = multiply(parts, parts);
  const power = add(
    slice(squares, { axis: 1, start: 0, end: bins }),
    slice(squares, { axis: 1, start: bins, end: 2 * bins }),
  );
  const filters = melFilterbank({ sampleRate, nFft, nMels, fMin: 0, fMax: 8000, scale: "slaney" });
  const mels = matMul(power, constant(filters, [nMels, bins]), { transposeB: true });
  return multiply(log(clampBelow(mels, 1e-10)), scalar(Math.LOG10E));
}

/** The loudest 8 decades, around 0 and transposed: [frames, nMels] → [nMels, frames]. */
function scaled(mels: Float32Array): Float32Array {
  const frames = mels.length / nMels;
  const floor = mels.reduce((loudest, value) => Math.max(loudest, value), -Infinity) - 8;
  return Float32Array.from(mels, (_, i) => {
    const value = mels[(i % frames) * nMels + Math.floor(i / frames)]!;
    return (Math.max(value, floor) + 4) / 4;
  });
}
