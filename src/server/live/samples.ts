import { decodeMuLaw } from "../../audio/augmentation/g711.ts";
import type { Encoding } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Louder floats are no sound, and would make filters overflow. */
const loudest = 16;

const bytesPerSample: Readonly<Record<Encoding, number>> = { s16le: 2, f32le: 4, mulaw: 1 };

/** A loop for each: what is called for each sample takes ten times as long. */
const decoders: Readonly<Record<Encoding, (frame: DataView, samples: Float32Array) => void>> = {
  s16le: (frame, samples) => {
    for (let n = 0; n < samples.length; n++) samples[n] = frame.getInt16(2 * n, true) / 32_768;
  },
  f32le: (frame, samples) => {
    for (let n = 0; n < samples.length; n++) samples[n] = frame.getFloat32(4 * n, true);
    checkLoudness(samples);
  },
  mulaw: (frame, samples) => {
    for (let n = 0; n < samples.length; n++) samples[n] = decodeMuLaw(frame.getUint8(n));
  },
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
  const samples = new Float32Array(frame.length / size);
  decoders[encoding](new DataView(frame.buffer, frame.byteOffset, frame.byteLength), samples);
  return samples;
}

/** @throws ProtocolError `malformed` for what is no number, or too loud */
function checkLoudness(samples: Float32Array): void {
  for (let n = 0; n < samples.length; n++) {
    if (Math.abs(samples[n]!) <= loudest) continue;
    const message = `Samples must be finite numbers around -1 to 1, sample ${n} of a frame is ${samples[n]}.`;
    throw new ProtocolError("malformed", message);
  }
}
