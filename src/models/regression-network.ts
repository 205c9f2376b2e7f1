import { add, multiply } from "../graph/operators/arithmetic.ts";
import { constant } from "../graph/tensor.ts";
import type { Architecture } from "./definition.ts";
import type { Example } from "./example.ts";
import { rowMoments } from "./layer-statistics.ts";

/** Returns a network as one of values on dimensions: its outputs, times deviation plus mean of the training ratings. */
export function regressionNetwork(
  architecture: Architecture,
  train: readonly Example[],
): Architecture {
  const { mean, deviation } = rowMoments(
    train.map(({ dimensions }) => Float32Array.from(dimensions!)),
  );
  const width = [mean.length];
  return {
    ...architecture,
    isRegression: true,
    build: (network, inputs) =>
      add(
        multiply(architecture.build(network, inputs), constant(deviation, width)),
        constant(mean, width),
      ),
  };
}
