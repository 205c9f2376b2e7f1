import { decodeMuLaw } from "../../audio/augmentation/g711.ts";
import type { Encoding } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Louder floats are no sound, and would make filters overflow. */
const loudest = 16;

const bytesPerSample: Readonly<Record<Encoding, number>> = { s16le: 2, f32le: 4, mulaw: 1 };

const readers: Readonly<Record<Encoding, (view: DataView, at: number) => number>> = {
  s16le: (view, at) => view.getInt16(at, true) / 32_768,
  f32le: (view, at) => view.getFloat32(at, true),
  mulaw: (view, at) => decodeMuLaw(view.getUint8(at)),
};

/**
 * Returns the samples of a frame, mono, full scale is 1.
 * @throws ProtocolError `malformed` for a part of a sample, or a float that is none
 */
export function readSamples(frame: Uint8Array, encoding: Encoding): Float32Array {
  const size = bytesPerSample[encoding];
  if (frame.length % size !== 0) {
    const message = `A frame of ${encoding} needs a multiple of ${size} bytes, got ${frame.length}.`;
    throw new ProtocolError("malformed", message);
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const read = readers[encoding];
  const samples = new Float32Array(frame.length / size);
  for (let index = 0; index < samples.length; index++) samples[index] = read(view, index * size);
  const wrong = samples.findIndex((sample) => !(Math.abs(sample) <= loudest));
  if (wrong < 0) return samples;
  const message = `Samples must be finite numbers around -1 to 1, sample ${wrong} of a frame is ${samples[wrong]}.`;
  throw new ProtocolError("malformed", message);
}
