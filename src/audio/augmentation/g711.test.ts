import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from "./g711.ts";

const hashOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex").slice(0, 16);
const allCodes = Array.from({ length: 256 }, (_, code) => code);
const decodedAll = (decode: (code: number) => number): string =>
  hashOf(new Uint8Array(Int16Array.from(allCodes, (code) => decode(code) * 0x8000).buffer));

// Hashes of what audioop of Python 3.11 gives for every value that G.711 has: lin2ulaw, ulaw2lin, lin2alaw, alaw2lin.
test("µ-law codes all values of 14 bits, and decodes all codes", () => {
  const values = Array.from({ length: 2 ** 14 }, (_, n) => (4 * n - 0x8000) / 0x8000);
  expect(hashOf(Uint8Array.from(values, encodeMuLaw))).toBe("9ef9625b4e5e507d");
  expect(decodedAll(decodeMuLaw)).toBe("3dab54339e520bb2");
});

test("A-law codes all values of 13 bits, and decodes all codes", () => {
  const values = Array.from({ length: 2 ** 13 }, (_, n) => (8 * n - 0x8000) / 0x8000);
  expect(hashOf(Uint8Array.from(values, encodeALaw))).toBe("2d2398332fe4506f");
  expect(decodedAll(decodeALaw)).toBe("e04788d110e58ff8");
});

// Output values of ITU-T G.711, tables 1a and 2a, scaled from 13 and 14 bits to 16: the largest, and those around 0.
test.each([
  [decodeMuLaw, 0x80, 4 * 8031],
  [decodeMuLaw, 0x00, -4 * 8031],
  [decodeMuLaw, 0xff, 0],
  [decodeMuLaw, 0xfe, 4 * 2],
  [decodeALaw, 0xaa, 8 * 4032],
  [decodeALaw, 0x2a, -8 * 4032],
  [decodeALaw, 0xd5, 8],
  [decodeALaw, 0x55, -8],
])("%o of code %i is %i / 32768", (decode, code, value) => {
  expect(decode(code)).toBe(value / 0x8000);
});

test("what is louder than full scale is clipped", () => {
  for (const [encode, loudest, quietest] of [
    [encodeMuLaw, 0x80, 0x00],
    [encodeALaw, 0xaa, 0x2a],
  ] as const) {
    expect([encode(7), encode(-7)]).toEqual([loudest, quietest]);
  }
});
