import { UndertoneError } from "../shared/errors.ts";
import type { ByteSource } from "./source.ts";

export type WavEncoding = "pcm" | "float" | "a-law" | "mu-law";

/** Position and encoding of the samples of a WAV file. */
export interface WavLayout {
  readonly encoding: WavEncoding;
  readonly sampleRate: number;
  readonly channelCount: number;
  readonly bytesPerSample: number;
  readonly dataStart: number;
  /** End of the samples by the header; it may be beyond the end of the file. */
  readonly dataEnd: number;
}

type WavFormat = Omit<WavLayout, "dataStart" | "dataEnd">;

const extensible = 0xfffe;
const encodings: Readonly<Record<number, WavEncoding>> = {
  1: "pcm",
  3: "float",
  6: "a-law",
  7: "mu-law",
};
const sampleBytes: Readonly<Record<WavEncoding, readonly number[]>> = {
  pcm: [1, 2, 3, 4],
  float: [4, 8],
  "a-law": [1],
  "mu-law": [1],
};

/** More chunks than any program writes: a file with more is hostile. */
const maxChunks = 4096;

/**
 * Finds the `fmt ` and `data` chunks of a RIFF, RF64 or BW64 file, in any order.
 * @throws UndertoneError `audio-corrupt` or `audio-unsupported`
 * @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html and EBU Tech 3306 (RF64)
 */
export async function readWavLayout(source: ByteSource): Promise<WavLayout> {
  const riff = view(await source.read(0, 12));
  let format: WavFormat | undefined;
  let data: { start: number; length: number } | undefined;
  let longDataLength: number | undefined;
  let position = 12;
  for (let count = 0; count < maxChunks && !(format && data); count++) {
    const head = view(await source.read(position, position + 8));
    if (head.byteLength < 8) break;
    const id = head.getUint32(0);
    const body = position + 8;
    let length = head.getUint32(4, true);
    if (id === fourCc("fmt ")) {
      format = parseFormat(view(await source.read(body, body + Math.min(length, 40))));
    } else if (id === fourCc("ds64")) {
      const sizes = view(await source.read(body, body + 16));
      if (sizes.byteLength === 16) longDataLength = Number(sizes.getBigUint64(8, true));
    } else if (id === fourCc("data")) {
      if (length === 0xffffffff && longDataLength !== undefined) length = longDataLength;
      // An interrupted recorder leaves both sizes at zero, followed by the samples.
      if (length === 0 && riff.getUint32(4, true) === 0) length = 0xffffffff;
      data ??= { start: body, length };
    }
    position = body + length + (length % 2);
  }
  if (!format) throw corrupt('it has no "fmt " chunk');
  if (!data) throw corrupt('it has no "data" chunk');
  return { ...format, dataStart: data.start, dataEnd: data.start + data.length };
}

function parseFormat(chunk: DataView): WavFormat {
  if (chunk.byteLength < 16) throw corrupt('its "fmt " chunk is truncated');
  const tag = chunk.getUint16(0, true);
  const subFormat = chunk.byteLength >= 26 ? chunk.getUint16(24, true) : 0;
  const channelCount = chunk.getUint16(2, true);
  const blockAlign = chunk.getUint16(12, true);
  const bitsPerSample = chunk.getUint16(14, true);
  const encoding = encodings[tag === extensible ? subFormat : tag];
  if (!encoding) {
    throw new UndertoneError(
      "audio-unsupported",
      `The WAV file's coding (format tag 0x${tag.toString(16)}) is not supported. Convert it to PCM: ffmpeg -i in.wav -c:a pcm_s16le out.wav`,
    );
  }
  if (channelCount === 0) throw corrupt("its header has 0 channels");
  // The container of a sample may be wider than its bits: 20 bits in 3 bytes, 24 bits in 4.
  const container = blockAlign / channelCount;
  const narrowest = Math.ceil(bitsPerSample / 8);
  const bytesPerSample =
    Number.isInteger(container) && container >= narrowest ? container : narrowest;
  if (bitsPerSample === 0 || !sampleBytes[encoding].includes(bytesPerSample)) {
    throw corrupt(`its header has ${bitsPerSample} bits per sample (${encoding})`);
  }
  return { encoding, sampleRate: chunk.getUint32(4, true), channelCount, bytesPerSample };
}

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const fourCc = (text: string): number =>
  new TextEncoder().encode(text).reduce((code, byte) => code * 256 + byte, 0);

const corrupt = (what: string): UndertoneError =>
  new UndertoneError("audio-corrupt", `The WAV file cannot be read: ${what}.`);
