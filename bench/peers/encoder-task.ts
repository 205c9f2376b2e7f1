import { mkdir } from "node:fs/promises";
import { z } from "zod";
import { cutModel } from "../../src/graph/cut.ts";
import { parseOnnx } from "../../src/graph/import/onnx-file.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { Session } from "../../src/graph/session.ts";
import { layerOutput, speechEncoders } from "../../src/models/encoder-layers.ts";
import { initialWeights, type Weights } from "../../src/models/network.ts";
import { floatsOf } from "../../src/models/example.ts";
import { Random } from "../../src/shared/random.ts";
import { TrainingStep, type Batch } from "../../src/training/training-step.ts";
import {
  drawEncoderBatch,
  encoderArchitecture,
  encoderSetting,
} from "../speed/subjects/encoder.ts";
import { findPython } from "./find-python.ts";
import { run, without, type PeerRun } from "./run-peer.ts";
import { torchTensor, writeTensors, type NamedTensor } from "./torch-tensors.ts";

/** Largest differences from what ONNX Runtime and Undertone computed, as a share of the values. */
const agreementSchema = z.object({ layers: z.number(), loss: z.number(), gradients: z.number() });

export type Agreement = z.infer<typeof agreementSchema>;

const { encoder, batchSize } = encoderSetting;

/** Largest relative difference that rounding to float32 may make between networks that are the same. */
const tolerance = 1e-4;

/**
 * Writes the inputs of PyTorch's network and its expected outputs: a batch, all weights, the layers that ONNX Runtime
 * computes with the published file, and loss and gradients of Undertone's first step.
 */
export async function writeEncoderTask(folder: string, bytes: Uint8Array): Promise<void> {
  const file = parseOnnx(bytes);
  const batch = drawEncoderBatch();
  const architecture = encoderArchitecture(file);
  const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize });
  const { weights: specs } = step.network;
  const weights = initialWeights(step.network, new Random("head"));
  const { loss, gradients } = await step.run(weights, batch, new Random("no dropout"));
  await step.close();
  const named = (kind: string, values: Weights): NamedTensor[] =>
    [...values].map(([name, data]) => {
      const tensor = torchTensor(file, { name, shape: specs.get(name)!.shape, values: data });
      return { ...tensor, name: `${kind} ${tensor.name}` };
    });
  await mkdir(folder);
  await writeTensors(folder, [
    clipsOf(batch),
    { name: "targets", shape: [batchSize, architecture.classes], values: batch.targets },
    { name: "loss", shape: [1], values: Float32Array.of(loss) },
    ...named("weight", weights),
    ...named("gradient", gradients),
    ...(await publishedLayers(bytes, clipsOf(batch))),
  ]);
}

function clipsOf({ inputs }: Batch): NamedTensor {
  const values = floatsOf(inputs["input_values"]!);
  return { name: "clips", shape: [batchSize, values.length / batchSize], values };
}

/** From what goes into the first layer to the last one's norm, named by their place. */
async function publishedLayers(bytes: Uint8Array, clips: NamedTensor): Promise<NamedTensor[]> {
  const { layers, width } = speechEncoders[encoder];
  const inner = Array.from({ length: layers + 1 }, (_, at) => layerOutput(at - 1));
  const names = [...inner, "last_hidden_state"];
  const session = await Session.open(nodeRuntime, cutModel(bytes, names));
  const made = await session.run({ input_values: { data: clips.values, shape: clips.shape } });
  await session.close();
  return names.map((name, at) => {
    const values = made[name]!;
    const frames = values.length / batchSize / width;
    return { name: `layer ${at}`, shape: [batchSize, frames, width], values };
  });
}

/** Compares PyTorch's encoder with what `writeEncoderTask` wrote into a folder: one record. */
export async function checkEncoder(folder: string): Promise<PeerRun<Agreement>> {
  const python = await findPython("torch");
  if (python === undefined) return without("PyTorch", "torch");
  return run(python, ["encoder.py", folder, "--check"], agreementSchema);
}

/** Returns a sentence on why PyTorch's network differs from the published file's; undefined when it is the same. */
export function disagreement(found: Agreement): string | undefined {
  // Negated, so that NaN counts as a difference.
  const differing = Object.entries(found).filter(([, difference]) => !(difference <= tolerance));
  if (differing.length === 0) return undefined;
  const parts = differing.map(([what, difference]) => `its ${what} by ${difference}`);
  return `PyTorch's encoder was not measured: it differs from the published one, ${parts.join(", ")}; rounding makes ${tolerance} at most.`;
}
