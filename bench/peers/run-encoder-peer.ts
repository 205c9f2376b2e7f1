import { z } from "zod";
import { findPython } from "./find-python.ts";
import { optionsOf, run, without, type PeerOptions, type PeerRun } from "./run-peer.ts";

/** Largest differences from what ONNX Runtime and Undertone computed, as a share of the values. */
const agreementRecord = z.object({
  layers: z.number(),
  loss: z.number(),
  gradients: z.number(),
});

const encoderRecord = z.object({
  peer: z.literal("pytorch"),
  torch: z.string(),
  threads: z.number(),
  task: z.enum(["training", "inference"]),
  variant: z.string(),
  clipsPerSec: z.number().optional(),
  peakMemoryMb: z.number().optional(),
  error: z.string().optional(),
});

export type AgreementRecord = z.infer<typeof agreementRecord>;
export type EncoderRecord = z.infer<typeof encoderRecord>;

/** Compares PyTorch's encoder with what `writeEncoderTask` left in a folder: one record. */
export async function checkEncoderPeer(folder: string): Promise<PeerRun<AgreementRecord>> {
  const python = await findPython("torch");
  if (python === undefined) return without("PyTorch", "torch");
  return run(python, ["encoder.py", folder, "--check"], agreementRecord);
}

/** Measures PyTorch on the same encoder, one record a task, a variant and a number of threads. */
export async function runEncoderPeer(
  folder: string,
  options: PeerOptions,
): Promise<PeerRun<EncoderRecord>> {
  const python = await findPython("torch");
  if (python === undefined) return without("PyTorch", "torch");
  return run(python, ["encoder.py", folder, ...optionsOf(options)], encoderRecord);
}
