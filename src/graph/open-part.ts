import { cutGraph } from "./cut.ts";
import { fuseAttention } from "./fused-attention.ts";
import { decodeModel } from "./model-proto.ts";
import { Session, type Runtime } from "./session.ts";
import { signWeights } from "./signed-weights.ts";

interface Part {
  /** Inner tensors of the model that it gives. */
  readonly outputs: readonly string[];
  /** Inner tensors and initializers that it takes beside the model's inputs. */
  readonly inputs?: readonly string[];
  /** Threads for one operator; by default one a core. */
  readonly threads?: number | undefined;
}

/**
 * Opens a part of a model, with the operators and the weights that the machine is fastest with.
 * @throws UndertoneError `model-invalid` when the file is no ONNX model or has no such tensors
 */
export async function openPart(
  runtime: Runtime,
  file: Uint8Array,
  { outputs, inputs, threads }: Part,
): Promise<Session> {
  const model = decodeModel(file);
  fuseAttention(model);
  cutGraph(model.graph, outputs, inputs);
  const bytes = await signWeights(runtime, model);
  return Session.open(runtime, bytes, threads === undefined ? {} : { threads });
}
