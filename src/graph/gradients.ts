import { sumOfGradients } from "./operators/gradient-sum.ts";
import { expand } from "./operators/layout.ts";
import { operationsOf } from "./traverse.ts";
import { formatShape, scalar, type Operation, type Tensor } from "./tensor.ts";

/** Key of a gradient: the operation whose output it belongs to, or the leaf tensor itself. */
type Origin = Operation | Tensor;

function originOf(tensor: Tensor): Origin {
  return tensor.source.kind === "operation" ? tensor.source.operation : tensor;
}

function differentiated({ inputs, gradientInputs }: Operation): readonly Tensor[] {
  return gradientInputs ?? inputs;
}

/** Returns the operations and leaves through which the loss depends on one of the tensors. */
function originsBetween(operations: readonly Operation[], by: readonly Tensor[]): Set<Origin> {
  const between = new Set<Origin>(by.map(originOf));
  for (const operation of operations) {
    const { gradientRules } = operation;
    if (
      differentiated(operation).some((x, index) => gradientRules[index] && between.has(originOf(x)))
    )
      between.add(operation);
  }
  return between;
}

/**
 * Returns the gradients of a scalar loss with respect to each of the given tensors, by reverse-mode differentiation:
 * tensors of a graph that can be run or differentiated again.
 * @throws RangeError when the loss is no scalar or does not depend on one of the tensors
 */
export function gradients(loss: Tensor, by: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0) {
    throw new RangeError(
      `gradients: the loss must be a scalar, got shape ${formatShape(loss.shape)}`,
    );
  }
  const operations = operationsOf([loss]);
  const between = originsBetween(operations, by);
  const outputs = new Map<Origin, Tensor>();
  for (const x of [...operations.flatMap(differentiated), loss]) outputs.set(originOf(x), x);
  const contributions = new Map<Origin, Tensor[]>([[originOf(loss), [scalar(1)]]]);
  const gradientOf = (origin: Origin): Tensor | undefined => {
    const gathered = contributions.get(origin);
    return gathered && expand(sumOfGradients(gathered), outputs.get(origin)!.shape);
  };
  for (const operation of operations.toReversed()) {
    const gradient = gradientOf(operation);
    if (gradient === undefined) continue;
    for (const [index, x] of differentiated(operation).entries()) {
      const rule = operation.gradientRules[index];
      if (rule === undefined || !between.has(originOf(x))) continue;
      const gathered = contributions.get(originOf(x)) ?? [];
      contributions.set(originOf(x), gathered);
      gathered.push(rule(gradient, outputs.get(operation)!));
    }
  }
  return by.map((tensor) => {
    const gradient = outputs.has(originOf(tensor)) ? gradientOf(originOf(tensor)) : undefined;
    if (gradient === undefined)
      throw new RangeError("gradients: the loss does not depend on one of the tensors");
    return gradient;
  });
}
