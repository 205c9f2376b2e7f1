/**
 * Numbers in half precision: IEEE 754's 16 bits, to the nearest, at most ± 65504 and never infinite.
 * The 13 bits by which the mantissas differ are shifted away once the exponent's bias is that of 16 bits.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const scaled = values.map((value) => Math.max(-65504, Math.min(65504, value)) * 2 ** -112);
  const bits = new Uint32Array(scaled.buffer);
  const halves = new Uint16Array(values.length);
  // A loop, since `Uint16Array.from` takes ten times as long.
  for (let i = 0; i < halves.length; i++) {
    const word = bits[i]!;
    halves[i] = ((word >>> 16) & 0x8000) | (((word & 0x7fffffff) + 0x1000) >>> 13);
  }
  return halves;
}

/** What each of the 65536 halves is in full precision. */
let fullOf: Float32Array | undefined;

function allHalves(): Float32Array {
  const values = new Float32Array(0x10000);
  const bits = new Uint32Array(values.buffer);
  for (let half = 0; half < bits.length; half++) {
    bits[half] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
  }
  return values.map((value) => value * 2 ** 112);
}

/** Writes numbers in half precision into `target` from the index `at` on. */
export function writeFloat16(halves: Uint16Array, target: Float32Array, at: number): void {
  if (at + halves.length > target.length) {
    throw new RangeError(`writeFloat16: ${halves.length} numbers do not fit at ${at}`);
  }
  const full = (fullOf ??= allHalves());
  for (let i = 0; i < halves.length; i++) target[at + i] = full[halves[i]!]!;
}
