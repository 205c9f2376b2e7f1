import { node, shapeError, type Tensor } from "../tensor.ts";

/** Gated recurrent units (reset after the product, as in PyTorch and cuDNN) or long short-term memory. */
export type Cell = "gru" | "lstm";

/** Weights of both directions, forward first; gates are ordered z r n (GRU) or i o f c (LSTM). */
export interface RecurrentWeights {
  /** [2, gates · hidden, inputs] */
  readonly input: Tensor;
  /** [2, gates · hidden, hidden] */
  readonly recurrent: Tensor;
  /** [2, 2 · gates · hidden]: the input's biases, then the recurrent ones. */
  readonly bias: Tensor;
}

/**
 * Hidden states of a bidirectional recurrent layer: [length, batch, inputs] → [length, 2, batch, hidden],
 * 0 from each sequence's end on. `lengths` [batch] is int32; 0 is allowed. For inference: no gradient
 * flows through it.
 * @see ONNX `GRU` and `LSTM`
 */
export function recurrentStates(
  x: Tensor,
  options: { readonly cell: Cell; readonly weights: RecurrentWeights; readonly lengths: Tensor },
): Tensor {
  const { cell, weights, lengths } = options;
  const [length, batch, inputs] = x.shape;
  const hidden = weights.recurrent.shape.at(-1)!;
  if (inputs !== weights.input.shape.at(-1) || lengths.shape[0] !== batch)
    throw shapeError(cell.toUpperCase(), [x, weights.input, lengths]);
  return node(cell.toUpperCase(), [x, weights.input, weights.recurrent, weights.bias, lengths], {
    shape: [length!, 2, batch!, hidden],
    attributes: {
      hidden_size: hidden,
      direction: "bidirectional",
      ...(cell === "gru" ? { linear_before_reset: 1 } : {}),
    },
  });
}
