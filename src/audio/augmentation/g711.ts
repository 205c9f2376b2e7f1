/** Codes of ITU-T G.711: 8 bits a sample at 8 kHz, the codecs of fixed telephone lines. */

const fullScale = 0x8000;
const muLawBias = 0x84;
const muLawClip = 0x7fff - muLawBias;

/** Returns the µ-law code of a sample in −1..1: inverted sign, exponent (3 bits) and mantissa (4 bits). @see ITU-T G.711 */
export function encodeMuLaw(sample: number): number {
  const magnitude = Math.min(muLawClip, Math.round(Math.abs(sample) * fullScale)) + muLawBias;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

/** Returns the sample in −1..1 of a µ-law code. @see ITU-T G.711 */
export function decodeMuLaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + muLawBias) << ((bits >> 4) & 7)) - muLawBias;
  return (bits & 0x80 ? -magnitude : magnitude) / fullScale;
}

/** Returns the A-law code of a sample in −1..1: sign, exponent and mantissa, every other bit inverted. @see ITU-T G.711 */
export function encodeALaw(sample: number): number {
  const value = Math.max(-fullScale, Math.min(fullScale - 1, Math.round(sample * fullScale))) >> 3;
  const magnitude = value < 0 ? -value - 1 : value; // 12 bits
  const exponent = Math.max(0, 27 - Math.clz32(magnitude));
  const mantissa = (magnitude >> Math.max(1, exponent)) & 0x0f;
  return ((value < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55;
}

/** Returns the sample in −1..1 of an A-law code. @see ITU-T G.711 */
export function decodeALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? step : (step + 0x100) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / fullScale;
}
