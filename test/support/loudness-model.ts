/** A model for tests of recognition, which predicts by loudness: power above `borderPower` is angry, below it sad. */
import { emitModel } from "../../src/graph/emit.ts";
import { softmax } from "../../src/graph/operators/activation.ts";
import { add, clampBelow, log, multiply } from "../../src/graph/operators/arithmetic.ts";
import { matMul } from "../../src/graph/operators/matrix.ts";
import { reduceMean } from "../../src/graph/operators/reduce.ts";
import { constant, input } from "../../src/graph/tensor.ts";
import type { WindowModel } from "../../src/recognition/analysis.ts";

const card = {
  labels: ["sad", "angry"],
  sampleRate: 16_000,
  windowSec: 3,
  neutral: [0, 0],
};
const borderPower = 0.001;

/** The model as an object. */
export const loudnessModel: WindowModel = {
  card,
  predict: async (windows) =>
    windows.map((window) => {
      const power = window.reduce((sum, sample) => sum + sample ** 2, 0) / window.length;
      const angry = 1 / (1 + borderPower / power);
      return { probabilities: Float32Array.of(1 - angry, angry) };
    }),
};

/** The same, which knows quiet voices only: the louder a window, the further from what it learned. */
export const quietModel: WindowModel = {
  card: { ...loudnessModel.card, distances: [0, 0.002, 0.004] },
  predict: async (windows) => {
    const outputs = await loudnessModel.predict(windows);
    return outputs.map(({ probabilities }, i) => {
      const power = windows[i]!.reduce((sum, sample) => sum + sample ** 2, 0) / windows[i]!.length;
      return { probabilities, distance: power };
    });
  },
};

/** `loudnessModel` as an `.onnx` file: softmax of [0, ln(power / borderPower)]; `claims` change its card only. */
export function loudnessModelFile(claims: Partial<typeof card> = {}): Uint8Array {
  const waveform = input("waveform", [1, card.sampleRate * card.windowSec]);
  const power = reduceMean(multiply(waveform, waveform), { axes: [1], keepAxes: true });
  const logPower = log(clampBelow(power, 1e-12));
  const logits = add(
    matMul(logPower, constant([0, 1], [1, 2])),
    constant([0, -Math.log(borderPower)], [1, 2]),
  );
  const undertone = { ...card, ...claims, name: "loudness", temperature: 1, provenance: {} };
  return emitModel({
    outputs: { probabilities: softmax(logits) },
    freeBatch: true,
    metadata: { undertone: JSON.stringify(undertone) },
  });
}
