import { encodeMuLaw } from "../audio/augmentation/g711.ts";

const headerBytes = 44;

/**
 * Returns mono samples in −1..1 as a WAV file of 8-bit µ-law, half the size of 16-bit PCM, which browsers play.
 * @see ITU-T G.711
 */
export function encodeMuLawWav(samples: Float32Array, sampleRate: number): Uint8Array {
  const file = new Uint8Array(headerBytes + samples.length);
  const header = new DataView(file.buffer);
  const text = (at: number, characters: string): void =>
    file.set(new TextEncoder().encode(characters), at);
  text(0, "RIFF");
  header.setUint32(4, file.length - 8, true);
  text(8, "WAVEfmt ");
  header.setUint32(16, 16, true);
  header.setUint16(20, 7, true); // µ-law
  header.setUint16(22, 1, true);
  header.setUint32(24, sampleRate, true);
  header.setUint32(28, sampleRate, true); // bytes a second
  header.setUint16(32, 1, true);
  header.setUint16(34, 8, true);
  text(36, "data");
  header.setUint32(40, samples.length, true);
  for (const [index, sample] of samples.entries()) file[headerBytes + index] = encodeMuLaw(sample);
  return file;
}
