import type { Prediction } from "../evaluation/prediction.ts";
import { confusionMatrix, scoresOf } from "../evaluation/metrics.ts";
import { negativeLogLikelihood } from "../evaluation/calibration.ts";
import { emitModel } from "../graph/emit.ts";
import { softmax } from "../graph/operators/activation.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { inputTensors, type Architecture } from "../models/architectures.ts";
import { Network, type Weights } from "../models/network.ts";
import type { Scores } from "../training/train.ts";
import { stackInputs, type Example } from "./examples.ts";

const batchSize = 32;

interface ClassifyOptions {
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
  const { runtime, architecture, weights, threads } = options;
  const { inputs, classes } = architecture;
  const logits = architecture.build(new Network("inference"), inputTensors(architecture, 1));
  const model = emitModel({
    outputs: { probabilities: softmax(logits) },
    weights,
    freeBatch: true,
  });
  const session = await Session.open(runtime, model, threads === undefined ? {} : { threads });
  const predictions: Prediction[] = [];
  for (let start = 0; start < examples.length; start += batchSize) {
    const batch = examples.slice(start, start + batchSize);
    const stacked = stackInputs(batch.map(({ variants }) => variants[0]));
    const feeds = Object.entries(inputs).map(([name, shape]) => [
      name,
      { data: stacked[name]!, shape: [batch.length, ...shape] },
    ]);
    const outputs = await session.run(Object.fromEntries(feeds));
    const rows = outputs["probabilities"]!;
    for (const [row, { utterance, label }] of batch.entries()) {
      const { id, speakerId, sex } = utterance;
      const probabilities = [...rows.subarray(row * classes, (row + 1) * classes)];
      predictions.push({
        id,
        speakerId,
        ...(sex === undefined ? {} : { sex }),
        actual: label,
        probabilities,
      });
    }
  }
  await session.close();
  return predictions;
}

/** Mean loss and UAR of predictions. */
export function epochScores(predictions: readonly Prediction[], classes: number): Scores {
  return {
    loss: negativeLogLikelihood(predictions),
    unweightedAverageRecall: scoresOf(confusionMatrix(predictions, classes))
      .unweightedAverageRecall,
  };
}
