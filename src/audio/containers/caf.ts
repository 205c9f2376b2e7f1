import { UndertoneError } from "../../shared/errors.ts";
import type { CodecParameters, PcmFormat } from "../codecs/codec.ts";
import { buffered, type ByteSource } from "../source.ts";
import { quickTimeLayout } from "./aiff.ts";
import type { AudioTrack, OpenContainer, PacketGroup } from "./container.ts";
import { audioSpecificConfig } from "./mp4-descriptors.ts";
import { latin1, view } from "./read.ts";
import { promisedSecOf, sampleBlocks, type SampleData } from "./sample-blocks.ts";

const maxChunks = 4096;
const maxTableBytes = 1 << 24;

/** What the chunks of a file say. */
interface CafFile {
  readonly description: DataView;
  readonly data: { readonly start: number; readonly end: number };
  readonly cookie: Uint8Array | undefined;
  readonly packetTable: Uint8Array | undefined;
}

/**
 * Opens a Core Audio file.
 * @see Apple, Core Audio Format Specification 1.0
 */
export const openCaf: OpenContainer = async (source, start) => {
  let description: DataView | undefined;
  let data: CafFile["data"] | undefined;
  let cookie: Uint8Array | undefined;
  let packetTable: Uint8Array | undefined;
  let position = start + 8;
  for (let count = 0; count < maxChunks; count++) {
    const head = await source.read(position, position + 12);
    if (head.length < 12) break;
    const id = latin1(head.subarray(0, 4));
    const size = Number(view(head).getBigInt64(4));
    const body = position + 12;
    const bytes = (): Promise<Uint8Array> =>
      source.read(body, body + Math.min(size, maxTableBytes));
    if (id === "desc") description = view(await source.read(body, body + 32));
    if (id === "kuki") cookie = await bytes();
    if (id === "pakt") packetTable = await bytes();
    // Four bytes count edits. A recorder that was killed leaves a size of -1: to the end.
    if (id === "data") data = { start: body + 4, end: size < 0 ? Infinity : body + size };
    if (size < 0) break;
    position = body + size;
  }
  if (!description || description.byteLength < 32 || !data) {
    throw new UndertoneError("audio-corrupt", "The CAF file has no description or no data.");
  }
  return [trackOf(source, { description, data, cookie, packetTable })];
};

function trackOf(source: ByteSource, file: CafFile): AudioTrack {
  const { description, data, cookie } = file;
  const sampleRate = Math.round(description.getFloat64(0));
  const coding = latin1(new Uint8Array(description.buffer, description.byteOffset + 8, 4));
  const flags = description.getUint32(12);
  const [packetBytes, packetLength, channels, bits] = [16, 20, 24, 28].map((at) =>
    description.getUint32(at),
  );
  const common = { sampleRate, channels: Math.max(1, channels!) };
  const layout =
    coding === "lpcm"
      ? pcmLayout({ ...common, bits: bits!, flags, packetBytes: packetBytes! })
      : quickTimeLayout(coding, { ...common, bits: bits! });
  if (layout) {
    const samples: SampleData = { ...layout, ...data, ...tableLength(file) };
    return {
      codec: layout.codec,
      promisedSec: promisedSecOf(samples),
      packets: () => sampleBlocks(source, samples),
    };
  }
  const codec = packetCodec(coding, { ...common, cookie });
  if (typeof codec === "string") return { codec, packets: () => [].values() };
  const table = packetSizes(file, packetBytes!);
  const { valid, priming } = tableHead(file);
  const primingSec = (priming ?? 0) / sampleRate;
  // Writers count the last packet whole, though it may hold as little as one sample.
  const promised = valid && Math.max(0, valid - Math.max(0, packetLength! - 1));
  return {
    codec,
    promisedSec: promised === undefined ? undefined : promised / sampleRate,
    edits:
      valid === undefined
        ? undefined
        : [{ fromSec: primingSec, toSec: primingSec + valid / sampleRate, atSec: 0 }],
    packets: () => tablePackets(source, { ...data, table, packetSec: packetLength! / sampleRate }),
  };
}

interface PcmDescription {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  readonly flags: number;
  readonly packetBytes: number;
}

function pcmLayout(description: PcmDescription): Omit<SampleData, "start" | "end"> {
  const { sampleRate, channels, bits, flags, packetBytes } = description;
  const bytesPerSample = Math.max(1, Math.floor(packetBytes / channels) || Math.ceil(bits / 8));
  const kind: PcmFormat["kind"] = flags & 1 ? "float" : "signed";
  const pcm = { kind, bytesPerSample, isBigEndian: (flags & 2) === 0 };
  const codec: CodecParameters = { codec: "pcm", sampleRate, channels, pcm };
  return { codec, blockBytes: bytesPerSample * channels, blockLength: 1 };
}

interface PacketDescription {
  readonly sampleRate: number;
  readonly channels: number;
  readonly cookie: Uint8Array | undefined;
}

function packetCodec(
  coding: string,
  { sampleRate, channels, cookie }: PacketDescription,
): CodecParameters | string {
  const common = { sampleRate, channels };
  if (coding === "aac " || coding === "aach" || coding === "aacp") {
    return { codec: "aac", ...common, setup: cookie && audioSpecificConfig(cookie) };
  }
  if (coding === "alac") return { codec: "alac", ...common, setup: cookie };
  if (coding === ".mp3") return { codec: "mp3", ...common };
  if (coding === "samr") return { codec: "amr-nb", ...common };
  if (coding === "opus") return { codec: "opus", ...common };
  return coding;
}

function tableHead({ packetTable }: CafFile): { valid?: number; priming?: number } {
  if (!packetTable || packetTable.length < 24) return {};
  const table = view(packetTable);
  return { valid: Number(table.getBigInt64(8)), priming: table.getInt32(16) };
}

function tableLength(file: CafFile): { length?: number } {
  const { valid } = tableHead(file);
  return valid === undefined ? {} : { length: valid };
}

/** Sizes of the packets; a single number where all are of one size. */
function packetSizes({ packetTable }: CafFile, packetBytes: number): Uint32Array | number {
  if (packetBytes > 0 || !packetTable) return packetBytes;
  const count = Math.min(Number(view(packetTable).getBigInt64(0)), packetTable.length);
  const sizes = new Uint32Array(Math.max(0, count));
  let at = 24;
  for (let n = 0; n < sizes.length; n++) {
    let size = 0;
    let byte = 0x80;
    while (byte & 0x80 && at < packetTable.length) {
      byte = packetTable[at++]!;
      size = size * 128 + (byte & 127);
    }
    sizes[n] = size;
  }
  return sizes;
}

interface TablePackets {
  readonly start: number;
  readonly end: number;
  readonly table: Uint32Array | number;
  readonly packetSec: number;
}

async function* tablePackets(
  source: ByteSource,
  { start, end, table, packetSec }: TablePackets,
): AsyncGenerator<PacketGroup> {
  const file = buffered(source, 1 << 16);
  const count = typeof table === "number" ? Infinity : table.length;
  let position = start;
  for (let n = 0; n < count && position < Math.min(end, source.size); n++) {
    const size = typeof table === "number" ? table : table[n]!;
    const packet = await file.read(position, position + size);
    if (packet.length === 0) return;
    position += size;
    yield { packets: [packet], ...(packetSec > 0 && { startSec: n * packetSec }) };
  }
}
