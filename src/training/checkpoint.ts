import { z } from "zod";
import type { Weights } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { TrainingState } from "./training-state.ts";

const magic = "UNDERTONE CHECKPOINT 2\n";

const count = z.int().nonnegative();

const headerSchema = z.object({
  epoch: count,
  seconds: z.number(),
  optimizerStep: count,
  validationLosses: z.array(z.number()),
  best: z.object({ epoch: count, score: z.number() }).nullable(),
  /** Groups of arrays as they follow the header: name and length of each. */
  groups: z.record(z.string(), z.array(z.tuple([z.string(), count]))),
});

/**
 * A training state as bytes: a line of magic, a line with the checksum of what follows, a line of
 * JSON, then all arrays as little-endian float32.
 */
export function encodeCheckpoint(state: TrainingState): Uint8Array {
  const groups: Record<string, Weights | undefined> = {
    weights: state.weights,
    average: state.average,
    first: state.optimizer.first,
    second: state.optimizer.second,
    best: state.best?.weights,
  };
  const present = Object.entries(groups).flatMap(([group, weights]) =>
    weights ? [[group, weights] as const] : [],
  );
  const header: z.infer<typeof headerSchema> = {
    epoch: state.epoch,
    seconds: state.seconds,
    optimizerStep: state.optimizer.step,
    validationLosses: state.validationLosses,
    best: state.best ? { epoch: state.best.epoch, score: state.best.score } : null,
    groups: Object.fromEntries(
      present.map(([group, weights]) => [
        group,
        [...weights].map(([name, values]): [string, number] => [name, values.length]),
      ]),
    ),
  };
  const prefix = `${magic}${"0".repeat(8)}\n`;
  const text = new TextEncoder().encode(`${prefix}${JSON.stringify(header)}\n`);
  const arrays = present.flatMap(([, weights]) => [...weights.values()]);
  const bytes = new Uint8Array(
    text.length + 4 * arrays.reduce((sum, values) => sum + values.length, 0),
  );
  bytes.set(text);
  let offset = text.length;
  for (const values of arrays) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  const sum = checksum(bytes.subarray(prefix.length));
  bytes.set(new TextEncoder().encode(sum), magic.length);
  return bytes;
}

/** @throws UndertoneError `checkpoint-invalid` for anything that `encodeCheckpoint` has not written whole */
export function decodeCheckpoint(bytes: Uint8Array): TrainingState {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new UndertoneError(
      "checkpoint-invalid",
      "The checkpoint is damaged or of another version. Remove it to start this fold again.",
      { cause },
    );
  }
}

function decode(bytes: Uint8Array): TrainingState {
  const start = magic.length + 9;
  const prefix = new TextDecoder().decode(bytes.subarray(0, start));
  if (prefix !== `${magic}${checksum(bytes.subarray(start))}\n`) throw new Error("wrong checksum");
  const end = bytes.indexOf(0x0a, start);
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  const header = headerSchema.parse(JSON.parse(text));
  let offset = end + 1;
  const groups = new Map<string, Weights>();
  for (const [group, entries] of Object.entries(header.groups)) {
    const weights: Weights = new Map();
    for (const [name, length] of entries) {
      // Into an array of its own: Node's readFile gives a Buffer, whose `slice` copies nothing.
      const values = new Float32Array(length);
      new Uint8Array(values.buffer).set(bytes.subarray(offset, offset + 4 * length));
      weights.set(name, values);
      offset += 4 * length;
    }
    groups.set(group, weights);
  }
  const weights = groups.get("weights");
  if (offset !== bytes.length || weights === undefined) throw new Error("wrong length");
  const best = groups.get("best");
  return {
    epoch: header.epoch,
    seconds: header.seconds,
    weights,
    average: groups.get("average"),
    optimizer: {
      step: header.optimizerStep,
      first: groups.get("first") ?? new Map(),
      second: groups.get("second") ?? new Map(),
    },
    validationLosses: header.validationLosses,
    best: header.best && best ? { ...header.best, weights: best } : undefined,
  };
}

/** 32-bit FNV-1a as eight hexadecimal digits: equal lengths that differ in one byte never share it. */
export function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
