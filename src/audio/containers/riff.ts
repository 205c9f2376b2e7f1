import type { DecodingContext } from "../blocks.ts";
import type { ByteSource } from "../source.ts";
import type { OpenContainer } from "./container.ts";
import { latin1, view } from "./read.ts";
import { corrupt, waveTrack, type WavFile } from "./wave-format.ts";

/** More chunks than any program writes: a file with more is hostile. */
const maxChunks = 4096;

/**
 * Opens a WAV file: RIFF, RIFX, RF64 or BW64, with `fmt ` and `data` in any order. Sizes that a recorder did not come to
 * write are those of the file.
 * @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html and EBU Tech 3306 (RF64)
 */
export const openRiff: OpenContainer = async (source, start, context) => {
  const head = await source.read(start, start + 12);
  const isBigEndian = latin1(head.subarray(0, 4)) === "RIFX";
  const riffSize = view(head).getUint32(4, !isBigEndian);
  let format: DataView | undefined;
  let data: WavFile["data"] | undefined;
  let factLength: number | undefined;
  let longSize: number | undefined;
  let position = start + 12;
  for (let count = 0; count < maxChunks && !(format && data); count++) {
    const chunkHead = await source.read(position, position + 8);
    if (chunkHead.length < 8) break;
    const id = latin1(chunkHead.subarray(0, 4));
    const body = position + 8;
    let size = view(chunkHead).getUint32(4, !isBigEndian);
    if (id === "fmt ") format = view(await source.read(body, body + Math.min(size, 64)));
    if (id === "fact") {
      const fact = view(await source.read(body, body + 4));
      if (fact.byteLength === 4) factLength = fact.getUint32(0, !isBigEndian);
    }
    if (id === "ds64") {
      const sizes = view(await source.read(body, body + 16));
      if (sizes.byteLength === 16) longSize = Number(sizes.getBigUint64(8, true));
    }
    if (id === "data") {
      if (size === 0xffffffff && longSize) size = longSize;
      data ??= { start: body, size: await writtenSize(size, { body, riffSize, source, context }) };
      size = data.size;
    }
    position = body + size + (size % 2);
  }
  if (!format) throw corrupt('it has no "fmt " chunk');
  if (!data) throw corrupt('it has no "data" chunk');
  return [waveTrack(source, { format, isBigEndian, data, factLength })];
};

interface Place {
  readonly body: number;
  readonly riffSize: number;
  readonly source: ByteSource;
  readonly context: DecodingContext;
}

/** The size of the samples: infinite where a recorder wrote to a pipe, or was killed before it came to write it. */
async function writtenSize(
  size: number,
  { body, riffSize, source, context }: Place,
): Promise<number> {
  if (size >= 0xffffff00 || (size >= 0x7ffff000 && size <= 0x80000000)) return Infinity;
  const rest = source.size - body;
  // A header of the start, with no size, or of a moment in between.
  if (size === 0) return rest > 0 && riffSize <= body ? Infinity : 0;
  const end = body + size + (size % 2);
  if (riffSize + 8 > end || source.size - end < leastMoreBytes) return size;
  const next = latin1(await source.read(end, end + 4));
  if (/^(ID3|TAG|APE|[A-Za-z_][\w ]{3})/.test(next)) return size;
  context.warn("The header counts fewer samples than the file holds: all of them were decoded.");
  return Infinity;
}

/** Fewer bytes behind the samples are no samples. */
const leastMoreBytes = 1024;

const guidTail = "f3acd3118cd100c04f8edb8a";
const headerBytes = 24;

/** Opens a Wave64 file: chunks with names of 16 bytes and sizes of 8, which count their own header. */
export const openWave64: OpenContainer = async (source, start) => {
  let format: DataView | undefined;
  let data: WavFile["data"] | undefined;
  let factLength: number | undefined;
  let position = start + 40;
  for (let count = 0; count < maxChunks && !(format && data); count++) {
    const head = await source.read(position, position + headerBytes);
    if (head.length < headerBytes) break;
    const id = latin1(head.subarray(0, 4));
    const isKnown = hex(head.subarray(4, 16)) === guidTail;
    const size = Number(view(head).getBigUint64(16, true)) - headerBytes;
    if (size < 0) break;
    const body = position + headerBytes;
    if (isKnown && id === "fmt ") {
      format = view(await source.read(body, body + Math.min(size, 64)));
    }
    if (isKnown && id === "fact") {
      const fact = view(await source.read(body, body + 8));
      if (fact.byteLength === 8) factLength = Number(fact.getBigUint64(0, true));
    }
    if (isKnown && id === "data") data = { start: body, size: size === 0 ? Infinity : size };
    position = body + size + ((8 - (size % 8)) % 8);
  }
  if (!format) throw corrupt('it has no "fmt " chunk');
  if (!data) throw corrupt('it has no "data" chunk');
  return [waveTrack(source, { format, isBigEndian: false, data, factLength })];
};

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
