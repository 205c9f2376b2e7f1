import { UndertoneError } from "../../shared/errors.ts";
import type { OnnxFile, OnnxNode } from "./onnx-file.ts";

/**
 * Returns the nodes that the tensors depend on, in topological order.
 * @throws UndertoneError `model-invalid` when the graph has a cycle
 */
export function nodesBefore(file: OnnxFile, names: readonly string[]): OnnxNode[] {
  const ordered: OnnxNode[] = [];
  const done = new Map<OnnxNode, boolean>();
  const open: { node: OnnxNode; next: number }[] = [];
  const enter = (name: string): void => {
    const node = file.producers.get(name);
    if (node === undefined || done.get(node) === true) return;
    if (done.get(node) === false) {
      throw new UndertoneError("model-invalid", `The model's tensor ${name} depends on itself.`);
    }
    done.set(node, false);
    open.push({ node, next: 0 });
  };
  for (const name of names) {
    enter(name);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const following = top.node.inputs[top.next++];
      if (following !== undefined) {
        enter(following);
        continue;
      }
      done.set(top.node, true);
      ordered.push(top.node);
      open.pop();
    }
  }
  return ordered;
}
