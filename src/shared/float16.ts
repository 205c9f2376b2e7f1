/**
 * Converts to half precision (IEEE 754 binary16), rounded to nearest and clipped to ± 65504. Once the exponent has the bias
 * of 16 bits, the 13 excess bits of the mantissa are shifted out.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const scaled = new Float32Array(1);
  const bits = new Uint32Array(scaled.buffer);
  const encoded = new Uint16Array(values.length);
  // A loop, since `Uint16Array.from` takes ten times as long.
  for (let i = 0; i < encoded.length; i++) {
    scaled[0] = Math.max(-65504, Math.min(65504, values[i]!)) * 2 ** -112;
    const word = bits[0]!;
    encoded[i] = ((word >>> 16) & 0x8000) | (((word & 0x7fffffff) + 0x1000) >>> 13);
  }
  return encoded;
}

/** The float32 value of each of the 65536 half-precision numbers. */
let fullOf: Float32Array | undefined;

function allValues(): Float32Array {
  const values = new Float32Array(0x10000);
  const bits = new Uint32Array(values.buffer);
  for (let code = 0; code < bits.length; code++) {
    bits[code] = ((code & 0x8000) << 16) | ((code & 0x7fff) << 13);
  }
  return values.map((value) => value * 2 ** 112);
}

/** Writes half-precision numbers to `target` from index `at`. @throws RangeError when they do not fit */
export function writeFloat16(encoded: Uint16Array, target: Float32Array, at: number): void {
  if (at + encoded.length > target.length) {
    throw new RangeError(`writeFloat16: ${encoded.length} numbers do not fit at ${at}`);
  }
  const full = (fullOf ??= allValues());
  for (let i = 0; i < encoded.length; i++) target[at + i] = full[encoded[i]!]!;
}
