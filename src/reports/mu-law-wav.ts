const headerBytes = 44;
const bias = 0x84;
const clip = 0x7fff - bias;

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
  for (const [index, sample] of samples.entries()) file[headerBytes + index] = muLaw(sample);
  return file;
}

/** The code of a sample: inverted sign, exponent (3 bits) and mantissa (4 bits). */
function muLaw(sample: number): number {
  const magnitude = Math.min(clip, Math.round(Math.abs(sample) * 0x8000)) + bias;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}
