import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { elementCount } from "../graph/tensor.ts";
import type { Network } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode, writeFileAtomically } from "../shared/files.node.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../training/checkpoint.ts";
import type { TrainingState } from "../training/training-state.ts";

/** Where a fold keeps what it needs to go on. */
export const checkpointFile = (foldFolder: string): string => join(foldFolder, "checkpoint.bin");

/** @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeCheckpoint(foldFolder: string, state: TrainingState): Promise<void> {
  await writeFileAtomically(checkpointFile(foldFolder), encodeCheckpoint(state));
}

/**
 * The state that a fold goes on from; `undefined` before its first epoch.
 * @throws UndertoneError `checkpoint-invalid` when it is damaged or holds another network
 */
export async function readCheckpoint(
  foldFolder: string,
  network: Network,
): Promise<TrainingState | undefined> {
  const path = checkpointFile(foldFolder);
  const bytes = await readFile(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw fileError(path, error);
  });
  if (bytes === undefined) return undefined;
  const state = decode(bytes, path);
  for (const weights of [state.weights, state.average, state.best?.weights]) {
    if (weights === undefined) continue;
    const fits = [...network.weights].every(
      ([name, { shape }]) => weights.get(name)?.length === elementCount(shape),
    );
    if (fits && weights.size === network.weights.size) continue;
    throw new UndertoneError(
      "checkpoint-invalid",
      `${path} holds another network. Delete it to start this fold again.`,
    );
  }
  return state;
}

function decode(bytes: Uint8Array, path: string): TrainingState {
  try {
    return decodeCheckpoint(bytes);
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    throw new UndertoneError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}
