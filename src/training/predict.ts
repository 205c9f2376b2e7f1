import { emitModel } from "../graph/emit.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { elementCount } from "../graph/tensor.ts";
import { inputTensors, type Architecture } from "../models/definition.ts";
import { stackInputs, type Example } from "../models/example.ts";
import { Network, type Weights } from "../models/network.ts";
import { objectiveOf } from "./objective.ts";
import { float16Inputs } from "./training-step.ts";

const batchSize = 32;

/** A trained network, and how to run it. */
export interface TrainedNetwork {
  readonly runtime: Runtime;
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly threads?: number | undefined;
}

/** Returns the probabilities [classes] of each example as it is, or its values [dimensions]. */
export async function predictExamples(
  examples: readonly Example[],
  network: TrainedNetwork,
): Promise<number[][]> {
  const { classes } = network.architecture;
  const rows = await rowsOf(examples, network, (built, inputs) =>
    objectiveOf(network.architecture).predict(network.architecture.build(built, inputs)),
  );
  return examples.map((_, index) => [...rows.subarray(index * classes, (index + 1) * classes)]);
}

/** Returns the mean weight that a gated network gives to words; `undefined` for a network without gates. */
export async function meanWordWeight(
  examples: readonly Example[],
  network: TrainedNetwork,
): Promise<number | undefined> {
  const { gates } = network.architecture;
  if (!gates || examples.length === 0) return undefined;
  const rows = await rowsOf(examples, network, gates);
  return rows.reduce((sum, weight, index) => sum + (index % 2) * weight, 0) / examples.length;
}

/** Returns one row an example of what `output` computes of the inputs, one after the other. */
export async function rowsOf(
  examples: readonly Example[],
  { runtime, architecture, weights, threads }: TrainedNetwork,
  output: Architecture["build"],
): Promise<Float32Array> {
  const float16 = float16Inputs(examples[0]?.views[0] ?? {});
  const computed = output(new Network("inference"), inputTensors(architecture, 1, float16));
  const model = emitModel({ outputs: { output: computed }, weights, freeBatch: true });
  const session = await Session.open(runtime, model, threads === undefined ? {} : { threads });
  const width = elementCount(computed.shape);
  const rows = new Float32Array(examples.length * width);
  for (let start = 0; start < examples.length; start += batchSize) {
    const batch = examples.slice(start, start + batchSize);
    const stacked = stackInputs(
      batch.map(({ views }) => views[0]),
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
