import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OnnxFile } from "../../src/graph/import/onnx-file.ts";
import type { Shape } from "../../src/graph/tensor.ts";

/** Values by a name that both sides know. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

/**
 * Writes `tensors.bin`, all values one after the other as little-endian float32, and `tensors.json`, a list of their names
 * and shapes in the same order. `peers/moonshine.py` reads them.
 */
export async function writeTensors(folder: string, tensors: readonly NamedTensor[]): Promise<void> {
  const bytes = tensors.map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  await writeFile(join(folder, "tensors.bin"), bytes);
  const index = tensors.map(({ name, shape }) => ({ name, shape }));
  await writeFile(join(folder, "tensors.json"), JSON.stringify(index));
}

/**
 * A weight of an encoder's file, or its gradient, by the name and in the layout that PyTorch's layers have. Exporters
 * rename what they transpose for a product (`onnx::MatMul_1493`); the node that takes it still tells whose it was
 * (`/layers.0/self_attn/q_proj/MatMul`).
 */
export function torchTensor(file: OnnxFile, { name, shape, values }: NamedTensor): NamedTensor {
  if (!name.startsWith("onnx::")) return { name, shape, values };
  const user = [...file.producers.values()].find(({ inputs }) => inputs.includes(name));
  if (user === undefined) throw new RangeError(`torchTensor: no node takes ${name}`);
  const layer = user.name.split("/").slice(1, -1).join(".");
  if (user.operator !== "MatMul")
    return { name: `${layer}.${user.operator === "Add" ? "bias" : "weight"}`, shape, values };
  const [rows, columns] = shape;
  const turned = values.map((_, at) => values[(at % rows!) * columns! + Math.floor(at / rows!)]!);
  return { name: `${layer}.weight`, shape: [columns!, rows!], values: turned };
}
