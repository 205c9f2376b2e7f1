import { node, type Tensor } from "../../tensor.ts";
import { reshape, transpose } from "../layout.ts";

/**
 * ONNX Runtime's own operators on images whose channels lie in blocks in memory: [batch, channels / block, height,
 * width, block], under the shape [batch, channels, height, width]. Elementwise operators take them as they are.
 */
export const blockedDomain = "com.microsoft.nchwc";

/** An image in blocks; the block must divide its channels. Undoes `toPlain` without a copy. */
export function toBlocked(x: Tensor): Tensor {
  return undone(x, "ReorderOutput") ?? reorder("ReorderInput", x, {});
}

/** A blocked image in the usual order. Undoes `toBlocked` without a copy. */
export function toPlain(x: Tensor): Tensor {
  return undone(x, "ReorderInput") ?? reorder("ReorderOutput", x, { channels: x.shape[1]! });
}

function reorder(operator: string, x: Tensor, attributes: Record<string, number>): Tensor {
  const inverse = operator === "ReorderInput" ? toPlain : toBlocked;
  return node(operator, [x], {
    domain: blockedDomain,
    shape: x.shape,
    attributes,
    gradientRules: [inverse],
  });
}

function undone({ source }: Tensor, operator: string): Tensor | undefined {
  if (source.kind !== "operation" || source.operation.operator !== operator) return undefined;
  return source.operation.inputs[0];
}

/** Filters [out, in, rows, columns] as blocked convolutions want them: [out / b, in / b, rows, columns, b of in, b of out]. */
export function blockFilters(filters: Tensor, block: number): Tensor {
  const [out, channels, rows, columns] = filters.shape;
  const places = rows! * columns!;
  // Two moves of one axis take a third of the time of one permutation.
  const outLast = transpose(reshape(filters, [out! / block, block, channels! * places]), [0, 2, 1]);
  const apart = reshape(outLast, [(out! / block) * (channels! / block), block, places, block]);
  return reshape(transpose(apart, [0, 2, 1, 3]), filters.shape);
}
