import { describe, expect, test } from "vitest";
import { decodeAudio } from "./decode.ts";
import { encodeWav } from "./wav.ts";

/** A chunk of a RIFF file, padded to an even length. */
function chunk(id: string, body: Uint8Array | number[], claimed?: number): number[] {
  const length = claimed ?? body.length;
  const size = [0, 8, 16, 24].map((shift) => (length >>> shift) & 255);
  return [...Buffer.from(id, "latin1"), ...size, ...body, ...(body.length % 2 ? [0] : [])];
}

interface Format {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  blockAlign?: number;
}

function fmt({
  tag = 1,
  channels = 1,
  rate = 16_000,
  bits = 16,
  blockAlign,
}: Format = {}): number[] {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rate, 4);
  body.writeUInt16LE(blockAlign ?? channels * Math.ceil(bits / 8), 12);
  body.writeUInt16LE(bits, 14);
  return chunk("fmt ", body);
}

const riff = (...chunks: number[][]): Uint8Array => {
  const body = chunks.flat();
  return Uint8Array.from([...chunk("RIFF", [], body.length + 4), ...Buffer.from("WAVE"), ...body]);
};

const int16 = (...samples: number[]): Uint8Array => new Uint8Array(Int16Array.from(samples).buffer);
const decoded = async (bytes: Uint8Array): Promise<number[]> => [
  ...(await decodeAudio(bytes)).channels[0]!,
];

describe("samples", () => {
  test.each<[string, Format, Uint8Array, number[]]>([
    ["8 bit, unsigned", { bits: 8 }, Uint8Array.of(0, 64, 128, 192), [-1, -0.5, 0, 0.5]],
    ["16 bit", {}, int16(-32_768, -16_384, 0, 16_384), [-1, -0.5, 0, 0.5]],
    ["24 bit", { bits: 24 }, Uint8Array.of(0, 0, 128, 0, 0, 192, 0, 0, 64), [-1, -0.5, 0.5]],
    ["20 bit in 3 bytes", { bits: 20, blockAlign: 3 }, Uint8Array.of(0, 0, 192), [-0.5]],
    ["24 bit in 4 bytes", { bits: 24, blockAlign: 4 }, Uint8Array.of(0, 0, 0, 64), [0.5]],
    ["32 bit", { bits: 32 }, new Uint8Array(Int32Array.of(-(2 ** 31), 2 ** 30).buffer), [-1, 0.5]],
    [
      "float 32",
      { tag: 3, bits: 32 },
      new Uint8Array(Float32Array.of(-1.5, 0.25).buffer),
      [-1.5, 0.25],
    ],
    [
      "float 64",
      { tag: 3, bits: 64 },
      new Uint8Array(Float64Array.of(-0.5, 0.25).buffer),
      [-0.5, 0.25],
    ],
    // ITU-T G.711, tables 1a to 2b: the largest values and those beside zero.
    [
      "A-law",
      { tag: 6, bits: 8 },
      Uint8Array.of(0xaa, 0x2a, 0xd5, 0x55),
      [32_256, -32_256, 8, -8].map((x) => x / 32_768),
    ],
    [
      "µ-law",
      { tag: 7, bits: 8 },
      Uint8Array.of(0x80, 0x00, 0xff, 0xfe),
      [32_124, -32_124, 0, 8].map((x) => x / 32_768),
    ],
  ])("%s", async (...[, format, data, expected]) => {
    const samples = await decoded(riff(fmt(format), chunk("data", data)));
    expect(samples.map((sample) => sample + 0)).toEqual(expected);
  });

  test("encodeWav and decoding are inverse, in every sample format", async () => {
    const channels = [Float32Array.of(0, 0.5, -1, 0.123), Float32Array.of(1, -0.25, 0.75, -0.999)];
    for (const [format, step] of [
      ["pcm16", 2 ** -15],
      ["pcm24", 2 ** -23],
      ["float32", 0],
    ] as const) {
      const audio = await decodeAudio(encodeWav(channels, 44_100, format));
      expect(audio).toMatchObject({ format: "wav", sampleRate: 44_100, warnings: [] });
      for (const [c, channel] of channels.entries()) {
        for (const [n, sample] of channel.entries()) {
          expect(Math.abs(audio.channels[c]![n]! - sample)).toBeLessThanOrEqual(step);
        }
      }
    }
  });

  test("encodeWav clips at full scale instead of wrapping around", async () => {
    expect(await decoded(encodeWav(Float32Array.of(3, -3), 8000))).toEqual([32_767 / 32_768, -1]);
  });

  test("encodeWav refuses no channel, unequal channels and an odd rate", () => {
    expect(() => encodeWav([], 16_000)).toThrow(RangeError);
    expect(() => encodeWav([new Float32Array(1), new Float32Array(2)], 16_000)).toThrow(RangeError);
    expect(() => encodeWav(new Float32Array(1), 0.5)).toThrow(RangeError);
  });
});

describe("chunks", () => {
  test("as RAVDESS has them: FLLR before the samples; LIST, bext, _PMX behind them", async () => {
    const bytes = riff(
      fmt({ rate: 48_000 }),
      chunk("FLLR", new Uint8Array(4044)),
      chunk("data", int16(1, 2, 3)),
      chunk("LIST", new Uint8Array(27)),
      chunk("bext", new Uint8Array(602)),
      chunk("_PMX", new Uint8Array(101)),
    );
    const audio = await decodeAudio(bytes);
    expect(audio).toMatchObject({ sampleRate: 48_000, warnings: [] });
    expect([...audio.channels[0]!]).toEqual([1, 2, 3].map((x) => x / 32_768));
  });

  test("of odd length are padded, and may stand in any order", async () => {
    const bytes = riff(
      chunk("LIST", [1, 2, 3]),
      chunk("data", int16(5)),
      chunk("odd ", [9]),
      fmt(),
    );
    expect(await decoded(bytes)).toEqual([5 / 32_768]);
  });

  test("WAVE_FORMAT_EXTENSIBLE names its coding in the sub-format", async () => {
    const body = Buffer.alloc(40);
    Buffer.from(fmt({ tag: 0xfffe, channels: 8, bits: 32, rate: 96_000 }).slice(8)).copy(body);
    body.writeUInt16LE(22, 16);
    body.writeUInt16LE(3, 24);
    const frame = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);
    const audio = await decodeAudio(
      riff(chunk("fmt ", body), chunk("data", new Uint8Array(frame.buffer))),
    );
    expect(audio.sampleRate).toBe(96_000);
    expect(audio.channels.map(([first]) => first)).toEqual([...frame]);
  });

  test("RF64 keeps the true length in ds64", async () => {
    const ds64 = Buffer.alloc(28);
    ds64.writeBigUInt64LE(4n, 8);
    const bytes = riff(chunk("ds64", ds64), fmt(), chunk("data", int16(7, 8), 0xffffffff));
    bytes.set(Buffer.from("RF64"), 0);
    expect(await decodeAudio(bytes)).toMatchObject({ warnings: [] });
    expect(await decoded(bytes)).toEqual([7 / 32_768, 8 / 32_768]);
  });

  test("sizes of zero, left by a recorder that was killed, mean: to the end of the file", async () => {
    const bytes = riff(fmt(), chunk("data", int16(7, 8), 0));
    bytes.fill(0, 4, 8);
    expect(await decoded(bytes)).toEqual([7 / 32_768, 8 / 32_768]);
  });

  test("a file of endless empty chunks is given up on", async () => {
    const bytes = riff(chunk("junk", new Uint8Array(200_000)));
    bytes.fill(0, 16);
    await expect(decodeAudio(bytes)).rejects.toMatchObject({ code: "audio-corrupt" });
  });
});

describe("damage", () => {
  test("a truncated file is decoded with a warning", async () => {
    const audio = await decodeAudio(
      encodeWav(new Float32Array(1000).fill(0.5), 16_000).slice(0, 1045),
    );
    expect(audio.channels[0]!.length).toBe(500);
    expect(audio.warnings).toEqual([expect.stringContaining("cut short")]);
  });

  test("a header that claims 4 GB allocates what the file holds", async () => {
    const audio = await decodeAudio(riff(fmt(), chunk("data", int16(1, 2), 0xfffffff0)));
    expect(audio.channels[0]!.length).toBe(2);
    expect(audio).toMatchObject({ warnings: [], incomplete: null });
  });

  test("NaN and infinities become 0, with a warning", async () => {
    const samples = new Float32Array(40).fill(0.5);
    samples.set([Number.NaN, Infinity, -Infinity], 1);
    const audio = await decodeAudio(encodeWav(samples, 16_000, "float32"));
    expect([...audio.channels[0]!.subarray(0, 5)]).toEqual([0.5, 0, 0, 0, 0.5]);
    expect(audio.warnings).toEqual([expect.stringContaining("3 samples were NaN")]);
  });

  test.each<[string, string, Uint8Array]>([
    ["no samples", "audio-empty", riff(fmt(), chunk("data", []))],
    ["half a sample", "audio-empty", riff(fmt(), chunk("data", [1]))],
    ["no data chunk", "audio-corrupt", riff(fmt())],
    ["no fmt chunk", "audio-corrupt", riff(chunk("data", int16(1)))],
    ["a short fmt chunk", "audio-corrupt", riff(chunk("fmt ", [1, 0]), chunk("data", int16(1)))],
    ["nothing but the magic", "audio-corrupt", riff()],
    ["0 channels", "audio-corrupt", riff(fmt({ channels: 0 }), chunk("data", int16(1)))],
    ["0 bits", "audio-corrupt", riff(fmt({ bits: 0 }), chunk("data", int16(1)))],
    ["77 bits", "audio-corrupt", riff(fmt({ bits: 77 }), chunk("data", int16(1, 1, 1, 1, 1)))],
    ["0 Hz", "audio-corrupt", riff(fmt({ rate: 0 }), chunk("data", int16(1)))],
    ["4 GHz", "audio-corrupt", riff(fmt({ rate: 4e9 }), chunk("data", int16(1)))],
    ["mostly NaN", "audio-corrupt", encodeWav(new Float32Array(9).fill(NaN), 16_000, "float32")],
    [
      "Windows Media",
      "audio-unsupported",
      riff(fmt({ tag: 0x161, bits: 4 }), chunk("data", int16(1))),
    ],
  ])("%s", async (_, code, bytes) => {
    await expect(decodeAudio(bytes)).rejects.toMatchObject({ name: "UndertoneError", code });
  });
});
