/** Returns unsigned bytes less 128, as signed ones: each with its highest bit turned. */
export function lessHalf(bytes: Uint8Array): Int8Array<ArrayBuffer> {
  const fours = new Uint32Array(Math.ceil(bytes.length / 4));
  const turned = new Int8Array(fours.buffer, 0, bytes.length);
  turned.set(bytes);
  for (let n = 0; n < fours.length; n++) fours[n]! ^= 0x80808080;
  return turned;
}
