import { sigmoid, tanh } from "../graph/operators/activation.ts";
import { add, multiply, subtract, toInteger } from "../graph/operators/arithmetic.ts";
import { concatenate, pad, reshape, reverse, slice, transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { recurrentStates, type Cell, type RecurrentWeights } from "../graph/operators/recurrent.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { constant, elementCount, scalar, type Shape, type Tensor } from "../graph/tensor.ts";
import { fanInUniform } from "./initializers.ts";
import type { Network } from "./network.ts";

interface RecurrentOptions {
  /** [batch, length, inputs] */
  readonly x: Tensor;
  /** [batch, length]: 1 at the elements of a sequence, 0 at the padding that follows them. */
  readonly mask: Tensor;
  readonly cell: Cell;
  /** Units of each direction. */
  readonly hidden: number;
}

/**
 * A bidirectional recurrent layer: states of the forward and the backward direction,
 * [batch, length, 2 · hidden], 0 at padding, so that an empty sequence has zeros only. Training
 * unrolls the steps, both directions at once; inference is ONNX's own operator on the same weights.
 * @see Cho et al. 2014; Hochreiter and Schmidhuber 1997; PyTorch `nn.GRU` and `nn.LSTM`
 */
export function bidirectional(network: Network, name: string, options: RecurrentOptions): Tensor {
  const { x, mask, hidden } = options;
  const [batch, length] = x.shape;
  const weights = bothDirections(network, name, options);
  const byTime = transpose(x, [1, 0, 2]);
  if (network.mode === "inference") {
    const states = recurrentStates(byTime, {
      cell: options.cell,
      weights,
      lengths: toInteger(reduceSum(mask, { axes: [1] }), "int32"),
    }); // [length, 2, batch, hidden]
    return reshape(transpose(states, [2, 0, 1, 3]), [batch!, length!, 2 * hidden]);
  }
  const maskByTime = reshape(transpose(mask, [1, 0]), [length!, batch!, 1]);
  const states = reshape(unrolled(byTime, maskByTime, { ...options, weights }), [
    2,
    length!,
    batch!,
    hidden,
  ]);
  const [forward, backward] = [0, 1].map((direction) => {
    const own = slice(states, { axis: 0, start: direction, end: direction + 1 });
    return reshape(own, [length!, batch!, hidden]);
  });
  const joined = concatenate([forward!, reverse(backward!, [0])], 2);
  return transpose(multiply(joined, maskByTime), [1, 0, 2]);
}

/**
 * What both directions end with, the forward state at the last element and the backward state at the
 * first: [batch, length, 2 · hidden] → [batch, 2 · hidden].
 */
export function lastStates(states: Tensor, mask: Tensor): Tensor {
  const [batch, length, width] = states.shape;
  const hidden = width! / 2;
  const padded = pad(mask, { axis: 1, before: 0, after: 1 });
  const following = slice(padded, { axis: 1, start: 1, end: length! + 1 });
  const isLast = reshape(subtract(mask, following), [batch!, length!, 1]);
  const forward = slice(states, { axis: 2, start: 0, end: hidden });
  const first = reshape(slice(states, { axis: 1, start: 0, end: 1 }), [batch!, width!]);
  const backward = slice(first, { axis: 1, start: hidden, end: width! });
  return concatenate([reduceSum(multiply(forward, isLast), { axes: [1] }), backward], 1);
}

/** Gates in the order of ONNX: update, reset, candidate (GRU); input, output, forget, candidate (LSTM). */
const gateCounts: Readonly<Record<Cell, number>> = { gru: 3, lstm: 4 };

/** Where padding pushes each gate, so that a cell keeps what it holds. */
const holding: Readonly<Record<Cell, readonly number[]>> = { gru: [1, 0, 0], lstm: [-1, 0, 1, 0] };

/** Enough for a sigmoid of exactly 0 or 1 in float32, whatever the gate's own input. */
const push = 1e4;

function bothDirections(
  network: Network,
  name: string,
  { x, cell, hidden }: RecurrentOptions,
): RecurrentWeights {
  const gates = gateCounts[cell] * hidden;
  const stacked = (weight: string, shape: Shape): Tensor =>
    concatenate(
      ["forward", "backward"].map((direction) =>
        reshape(network.parameter(`${name}.${direction}.${weight}`, shape, fanInUniform(hidden)), [
          1,
          ...shape,
        ]),
      ),
      0,
    );
  return {
    input: stacked("inputWeight", [gates, x.shape.at(-1)!]),
    recurrent: stacked("recurrentWeight", [gates, hidden]),
    bias: concatenate([stacked("inputBias", [gates]), stacked("recurrentBias", [gates])], 1),
  };
}

/** A tensor by time, then by time reversed: [length, batch, width] → [2, length · batch, width]. */
function bothWays(x: Tensor): Tensor {
  const flat = [1, elementCount(x.shape) / x.shape[2]!, x.shape[2]!];
  return concatenate([reshape(x, flat), reshape(reverse(x, [0]), flat)], 0);
}

/** Columns `start` to `end`. */
function part(x: Tensor, start: number, end: number): Tensor {
  return slice(x, { axis: x.shape.length - 1, start, end });
}

/** The states of all steps in each direction's own order of time: [2, length · batch, hidden]. */
function unrolled(
  byTime: Tensor,
  maskByTime: Tensor,
  { cell, hidden, weights }: { cell: Cell; hidden: number; weights: RecurrentWeights },
): Tensor {
  const gates = gateCounts[cell] * hidden;
  const product = matMul(bothWays(byTime), weights.input, { transposeB: true });
  const bias = reshape(weights.bias, [2, 1, 2 * gates]);
  const padding = subtract(scalar(1), bothWays(maskByTime));
  const pushes = holding[cell].flatMap((sign) => Array.from({ length: hidden }, () => sign * push));
  const projected = add(
    add(product, part(bias, 0, gates)),
    multiply(padding, constant(pushes, [gates])),
  ); // [2, length * batch, gates]
  const step = { gru: gruStep, lstm: lstmStep }[cell]({
    projected,
    batch: byTime.shape[1]!,
    weight: weights.recurrent,
    bias: part(bias, gates, 2 * gates),
  });
  return concatenate(
    Array.from({ length: byTime.shape[0]! }, (_, index) => step(index)),
    1,
  );
}

interface Recurrence {
  /** [2, length · batch, gates · hidden], the input's bias included */
  readonly projected: Tensor;
  readonly batch: number;
  /** [2, gates · hidden, hidden] */
  readonly weight: Tensor;
  /** [2, 1, gates · hidden] */
  readonly bias: Tensor;
}

/** The state after each step, to be asked for in order: [2, batch, hidden]. */
type Step = (index: number) => Tensor;

function gruStep({ projected, batch, weight, bias }: Recurrence): Step {
  const hidden = weight.shape[2]!;
  const gateInputs = add(part(projected, 0, 2 * hidden), part(bias, 0, 2 * hidden));
  const candidateInputs = part(projected, 2 * hidden, 3 * hidden);
  const candidateBias = part(bias, 2 * hidden, 3 * hidden);
  let state = constant(new Float32Array(2 * batch * hidden), [2, batch, hidden]);
  return (index) => {
    const rows = { axis: 1, start: index * batch, end: (index + 1) * batch };
    const product = matMul(state, weight, { transposeB: true });
    const gates = sigmoid(add(slice(gateInputs, rows), part(product, 0, 2 * hidden)));
    const [update, reset] = [part(gates, 0, hidden), part(gates, hidden, 2 * hidden)];
    const recalled = multiply(reset, add(part(product, 2 * hidden, 3 * hidden), candidateBias));
    const candidate = tanh(add(slice(candidateInputs, rows), recalled));
    return (state = add(candidate, multiply(update, subtract(state, candidate))));
  };
}

function lstmStep({ projected, batch, weight, bias }: Recurrence): Step {
  const hidden = weight.shape[2]!;
  const inputs = add(projected, bias);
  const zeros = constant(new Float32Array(2 * batch * hidden), [2, batch, hidden]);
  let [state, memory] = [zeros, zeros];
  return (index) => {
    const rows = { axis: 1, start: index * batch, end: (index + 1) * batch };
    const sums = add(slice(inputs, rows), matMul(state, weight, { transposeB: true }));
    const gates = sigmoid(part(sums, 0, 3 * hidden));
    const candidate = tanh(part(sums, 3 * hidden, 4 * hidden));
    const [taken, shown, kept] = [0, 1, 2].map((gate) =>
      part(gates, gate * hidden, (gate + 1) * hidden),
    );
    memory = add(multiply(kept!, memory), multiply(taken!, candidate));
    return (state = multiply(shown!, tanh(memory)));
  };
}
