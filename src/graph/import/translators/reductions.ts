import { softmax } from "../../operators/activation.ts";
import { reshape } from "../../operators/layout.ts";
import { instanceNormalization } from "../../operators/normalization.ts";
import { reduceMean } from "../../operators/reduce.ts";
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

/** Operators over whole axes: sums, softmax and norms. */
export const reductions: Readonly<Record<string, Translator>> = {
  ReduceMean: reduction(reduceMean),
  Softmax: overAxis(softmax),
  InstanceNormalization: (call) =>
    instanceNormalization(call.tensor(0), {
      scale: call.tensor(1),
      shift: call.tensor(2),
      epsilon: call.float("epsilon", 1e-5),
    }),
};
