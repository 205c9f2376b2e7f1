import type { Operation, Tensor } from "./tensor.ts";

/** Returns the operations that the tensors depend on, in topological order. */
export function operationsOf(tensors: readonly Tensor[]): Operation[] {
  const ordered: Operation[] = [];
  const seen = new Set<Operation>();
  const open: { operation: Operation; next: number }[] = [];
  const enter = (tensor: Tensor): void => {
    if (tensor.source.kind !== "operation" || seen.has(tensor.source.operation)) return;
    seen.add(tensor.source.operation);
    open.push({ operation: tensor.source.operation, next: 0 });
  };
  for (const tensor of tensors) {
    enter(tensor);
    // An explicit stack: networks can be deeper than the call stack.
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const following = top.operation.inputs[top.next++];
      if (following !== undefined) enter(following);
      else ordered.push(open.pop()!.operation);
    }
  }
  return ordered;
}
