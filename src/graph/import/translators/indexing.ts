import { gather } from "../../operators/gather.ts";
import { reshape, reverse, slice } from "../../operators/layout.ts";
import { resolveAxis } from "../../shapes.ts";
import type { Tensor } from "../../tensor.ts";
import type { Call, Translator } from "../call.ts";
import { evaluateGather, evaluateView, stridesOf } from "../evaluate.ts";
import type { ConstantValue } from "../constant-value.ts";
import { dequantized } from "../quantized.ts";

const gathered: Translator = (call) => {
  const axis = call.axis(0);
  const [x, ids] = [call.constantAt(0), call.constantAt(1)];
  if (x?.weight !== undefined && x.type !== "float32") {
    return {
      kind: "unscaled",
      scaled: (scale, zeroPoint) => {
        const table = dequantized(x, { scale, zeroPoint, axis: x.shape.length - 1 });
        return gather(call.tensorOf(table), call.tensor(1), axis);
      },
    };
  }
  if (ids === undefined) return gather(call.tensor(0), call.tensor(1), axis);
  const length = call.shape(0)[axis]!;
  const counted = { ...ids, values: ids.values.map((id) => (id < 0 ? id + length : id)) };
  if (counted.values.some((id) => id < 0 || id >= length))
    throw call.refusal(`there are only ${length} elements`);
  if (x !== undefined && x.weight === undefined) return evaluateGather(x, counted, axis);
  if (ids.values.length === 1) return single(call.tensor(0), counted, axis);
  return gather(call.tensor(0), call.tensorOf(counted), axis);
};

/** A single element as a slice, whose gradient is cheaper than a scatter's. */
function single(x: Tensor, ids: ConstantValue, axis: number): Tensor {
  const start = ids.values[0]!;
  const taken = slice(x, { axis, start, end: start + 1 });
  return reshape(taken, x.shape.toSpliced(axis, 1, ...ids.shape));
}

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** Start and count of a slice, both counted from the start and inside the axis. */
function cutsOf(call: Call): Cut[] {
  const shape = call.shape(0);
  const starts = call.listOrInput("starts", 1);
  const ends = call.listOrInput("ends", 2);
  if (starts === undefined || ends === undefined) throw call.refusal("its bounds are missing");
  const axes = call.listOrInput("axes", 3) ?? starts.map((_, axis) => axis);
  const steps = call.integers(4) ?? starts.map(() => 1);
  return axes.map((given, index) => {
    const axis = resolveAxis(shape, given);
    const [length, step] = [shape[axis]!, steps[index]!];
    if (step === 0 || !Number.isInteger(step)) throw call.refusal("its step is 0");
    const inside = (place: number): number => {
      const counted = place < 0 ? place + length : place;
      return step > 0
        ? Math.min(Math.max(counted, 0), length)
        : Math.min(Math.max(counted, -1), length - 1);
    };
    const start = inside(starts[index]!);
    const count = Math.max(0, Math.ceil((inside(ends[index]!) - start) / step));
    return { axis, start, count, step };
  });
}

function sliceConstant(x: ConstantValue, cuts: readonly Cut[]): ConstantValue {
  const strides = stridesOf(x.shape);
  const offset = cuts.reduce((sum, { axis, start }) => sum + start * strides[axis]!, 0);
  const shape = cuts.reduce((lengths, { axis, count }) => lengths.with(axis, count), [...x.shape]);
  const stepped = cuts.reduce(
    (steps, { axis, step }) => steps.with(axis, strides[axis]! * step),
    strides,
  );
  return evaluateView(x, shape, { strides: stepped, offset });
}

function cutTensor(x: Tensor, { axis, start, count, step }: Cut): Tensor {
  const last = start + (count - 1) * step;
  if (step > 0) return slice(x, { axis, start, end: last + 1, step });
  return reverse(slice(x, { axis, start: last, end: start + 1, step: -step }), [axis]);
}

const sliced: Translator = (call) => {
  const cuts = cutsOf(call);
  const x = call.constantAt(0);
  if (x !== undefined && x.weight === undefined) return sliceConstant(x, cuts);
  return cuts.reduce(cutTensor, call.tensor(0));
};

/** Operators that select elements by index. */
export const indexing: Readonly<Record<string, Translator>> = { Gather: gathered, Slice: sliced };
