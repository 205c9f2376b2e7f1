import { logSoftmax, softmax } from "../../operators/activation.ts";
import { negate, sqrt } from "../../operators/arithmetic.ts";
import { reshape } from "../../operators/layout.ts";
import {
  instanceNormalization,
  layerNormalization,
  normalizeChannels,
} from "../../operators/normalization.ts";
import { reduceMax, reduceMean, reduceSum, reduceSumSquare } from "../../operators/reduce.ts";
import { elementCount, type Tensor } from "../../tensor.ts";
import type { Translator } from "../call.ts";

type Reduction = (x: Tensor, options: { axes: readonly number[]; keepAxes: boolean }) => Tensor;

function reduction(reduce: Reduction): Translator {
  return (call) => {
    const x = call.tensor(0);
    const axes = call.listOrInput("axes", 1) ?? [];
    if (axes.length === 0 && call.integer("noop_with_empty_axes", 0) === 1) return x;
    return reduce(x, {
      axes: axes.length === 0 ? x.shape.map((_, axis) => axis) : axes,
      keepAxes: call.integer("keepdims", 1) === 1,
    });
  };
}

/** Before operator set 13, all axes from the given one on were flattened to one. */
function overAxis(operator: (x: Tensor, axis: number) => Tensor): Translator {
  return (call) => {
    const x = call.tensor(0);
    if (call.operatorSet >= 13) return operator(x, call.axis(-1));
    const axis = call.axis(1);
    const width = elementCount(x.shape.slice(axis));
    return reshape(operator(reshape(x, [...x.shape.slice(0, axis), width]), -1), x.shape);
  };
}

const layerNorm: Translator = (call) => {
  const x = call.tensor(0);
  if (call.axis(-1) !== x.shape.length - 1)
    throw call.refusal("it takes moments over more than the last axis");
  return layerNormalization(x, {
    scale: call.tensor(1),
    ...(call.inputs[2] === undefined ? {} : { shift: call.tensor(2) }),
    epsilon: call.float("epsilon", 1e-5),
  });
};

/** Operators over whole axes: sums, softmax and norms. */
export const reductions: Readonly<Record<string, Translator>> = {
  ReduceMean: reduction(reduceMean),
  ReduceSum: reduction(reduceSum),
  ReduceMax: reduction(reduceMax),
  ReduceMin: reduction((x, options) => negate(reduceMax(negate(x), options))),
  ReduceSumSquare: reduction(reduceSumSquare),
  ReduceL2: reduction((x, options) => sqrt(reduceSumSquare(x, options))),
  Softmax: overAxis(softmax),
  LogSoftmax: overAxis(logSoftmax),
  LayerNormalization: layerNorm,
  InstanceNormalization: (call) =>
    instanceNormalization(call.tensor(0), {
      scale: call.tensor(1),
      shift: call.tensor(2),
      epsilon: call.float("epsilon", 1e-5),
    }),
  BatchNormalization: (call) =>
    normalizeChannels(call.tensor(0), {
      scale: call.tensor(1),
      shift: call.tensor(2),
      mean: call.tensor(3),
      variance: call.tensor(4),
      epsilon: call.float("epsilon", 1e-5),
    }),
};
