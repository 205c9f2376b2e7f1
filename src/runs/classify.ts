import type { Prediction } from "../evaluation/prediction.ts";
import { confusionMatrix, scoresOf } from "../evaluation/metrics.ts";
import { negativeLogLikelihood } from "../evaluation/calibration.ts";
import { emitModel } from "../graph/emit.ts";
import { softmax } from "../graph/operators/activation.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { elementCount } from "../graph/tensor.ts";
import { inputTensors, type Architecture } from "../models/architectures.ts";
import { Network, type Weights } from "../models/network.ts";
import type { Scores } from "../training/train.ts";
import { float16Inputs } from "../training/training-step.ts";
import { stackInputs, type Example } from "./examples.ts";

const batchSize = 32;

/** A trained network, and how to run it. */
export interface ClassifyOptions {
  readonly runtime: Runtime;
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly threads?: number | undefined;
}

/** What a network says of each example as it is. */
export async function classify(
  examples: readonly Example[],
  options: ClassifyOptions,
): Promise<Prediction[]> {
  const { classes } = options.architecture;
  const rows = await rowsOf(examples, options, (network, inputs) =>
    softmax(options.architecture.build(network, inputs)),
  );
  return examples.map(({ utterance, label }, index) => {
    const { id, speakerId, sex } = utterance;
    const probabilities = [...rows.subarray(index * classes, (index + 1) * classes)];
    return { id, speakerId, ...(sex && { sex }), actual: label, probabilities };
  });
}

/** The mean weight that a gated network gives to words; `undefined` for a network without gates. */
export async function meanWordWeight(
  examples: readonly Example[],
  options: ClassifyOptions,
): Promise<number | undefined> {
  const { gates } = options.architecture;
  if (!gates || examples.length === 0) return undefined;
  const rows = await rowsOf(examples, options, gates);
  return rows.reduce((sum, weight, index) => sum + (index % 2) * weight, 0) / examples.length;
}

/** One row an example of what `read` makes of the inputs, one after the other. */
export async function rowsOf(
  examples: readonly Example[],
  { runtime, architecture, weights, threads }: ClassifyOptions,
  read: Architecture["build"],
): Promise<Float32Array> {
  const halves = float16Inputs(examples[0]?.variants[0] ?? {});
  const output = read(new Network("inference"), inputTensors(architecture, 1, halves));
  const model = emitModel({ outputs: { output }, weights, freeBatch: true });
  const session = await Session.open(runtime, model, threads === undefined ? {} : { threads });
  const width = elementCount(output.shape);
  const rows = new Float32Array(examples.length * width);
  for (let start = 0; start < examples.length; start += batchSize) {
    const batch = examples.slice(start, start + batchSize);
    const stacked = stackInputs(
      batch.map(({ variants }) => variants[0]),
      architecture.inputs,
    );
    const feeds = Object.entries(architecture.inputs).map(([name, shape]) => [
      name,
      { data: stacked[name]!, shape: [batch.length, ...shape] },
    ]);
    rows.set((await session.run(Object.fromEntries(feeds)))["output"]!, start * width);
  }
  await session.close();
  return rows;
}

/** Mean loss, UAR and macro-F1 of predictions. */
export function epochScores(predictions: readonly Prediction[], classes: number): Scores {
  const { unweightedAverageRecall, macroF1 } = scoresOf(confusionMatrix(predictions, classes));
  return { loss: negativeLogLikelihood(predictions), unweightedAverageRecall, macroF1 };
}
