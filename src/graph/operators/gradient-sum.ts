import type { Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { addedWhileScaling } from "./blocked/channels.ts";
import { concatenate, pad } from "./layout.ts";

/**
 * Sum of the gradients of a tensor over its uses. Gradients of slices are zero-padded; adjacent ones are concatenated
 * instead of added: an unrolled network slices its input at each step.
 */
export function sumOfGradients(gradients: readonly Tensor[]): Tensor {
  return joinPieces(gradients).reduce(
    (sum, gradient) =>
      addedWhileScaling(gradient, sum) ?? addedWhileScaling(sum, gradient) ?? add(sum, gradient),
  );
}

/** A tensor that is zero outside `start` to `end` along one axis. */
interface Piece {
  readonly content: Tensor;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

function pieceOf(x: Tensor): Piece | undefined {
  if (x.source.kind !== "operation" || x.source.operation.operator !== "Pad") return undefined;
  const content = x.source.operation.inputs[0]!;
  const axis = x.shape.findIndex((length, index) => length !== content.shape[index]);
  const pads = x.source.operation.inputs[1]!.source;
  if (axis === -1 || pads.kind !== "constant" || pads.data.some((count) => count < 0)) {
    return undefined; // It shifts or cuts.
  }
  const start = Number(pads.data[axis]);
  return { content, axis, start, end: start + content.shape[axis]!, length: x.shape[axis]! };
}

function joinPieces(gradients: readonly Tensor[]): Tensor[] {
  const whole: Tensor[] = [];
  const pieces: Piece[] = [];
  for (const gradient of gradients) {
    const piece = pieceOf(gradient);
    if (piece === undefined) whole.push(gradient);
    else pieces.push(piece);
  }
  const runs: Piece[][] = [];
  for (const piece of pieces.toSorted((a, b) => a.axis - b.axis || a.start - b.start)) {
    const run = runs.find((before) => {
      const last = before.at(-1)!;
      return last.axis === piece.axis && last.end === piece.start;
    });
    if (run === undefined) runs.push([piece]);
    else run.push(piece);
  }
  return [...whole, ...runs.map(joinRun)];
}

function joinRun(run: readonly Piece[]): Tensor {
  const [{ axis, start, length }, { end }] = [run[0]!, run.at(-1)!];
  const joined = concatenate(
    run.map(({ content }) => content),
    axis,
  );
  return pad(joined, { axis, before: start, after: length - end });
}
