import type { CodecParameters } from "../codecs/codec.ts";
import { quickTimeLayout } from "./aiff.ts";
import { boxesIn } from "./mp4-boxes.ts";
import { streamDescription } from "./mp4-descriptors.ts";
import { latin1, view } from "./read.ts";
import type { SampleData } from "./sample-blocks.ts";

/** How the samples of a track are coded. */
export interface SampleEntry {
  /** The name of a codec that is not decoded. */
  readonly codec: CodecParameters | string;
  /** Where samples are no packets but lie in chunks: PCM and ADPCM. */
  readonly layout?: Omit<SampleData, "start" | "end">;
}

/** What the fixed part of a sample entry says. */
interface Fixed {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  /** Of version 2: 1 float, 2 big-endian. */
  readonly flags: number | undefined;
}

/** Returns the first entry of an `stsd` box; `undefined` where there is none. @see ISO/IEC 14496-12, section 12.2 */
export function sampleEntry(stsd: Uint8Array): SampleEntry | undefined {
  const [entry] = boxesIn(stsd.subarray(8));
  if (!entry || entry.body.length < 28) return undefined;
  const data = view(entry.body);
  const version = data.getUint16(8);
  const fixed: Fixed =
    version === 2 && entry.body.length >= 56
      ? {
          sampleRate: Math.round(data.getFloat64(32)),
          channels: data.getUint32(40),
          bits: data.getUint32(48),
          flags: data.getUint32(52),
        }
      : {
          sampleRate: data.getUint16(24),
          channels: data.getUint16(16),
          bits: data.getUint16(18),
          flags: undefined,
        };
  const headBytes = [28, 44, 64][version] ?? 28;
  const children = childrenOf(entry.body.subarray(headBytes));
  return entryOf(entry.type, { ...fixed, channels: Math.max(1, fixed.channels) }, children);
}

/** Boxes of the entry by type; those in a `wave` box of QuickTime too. */
function childrenOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const boxes = boxesIn(bytes);
  const wave = boxes.find(({ type }) => type === "wave");
  const all = [...boxes, ...(wave ? boxesIn(wave.body) : [])];
  return new Map(all.map(({ type, body }) => [type, body]));
}

function entryOf(
  type: string,
  { sampleRate, channels, bits, flags }: Fixed,
  children: ReadonlyMap<string, Uint8Array>,
): SampleEntry {
  const common = { sampleRate, channels };
  const pcm = (kind: "float" | "signed", bytes: number, isBigEndian: boolean): SampleEntry => {
    const format = { kind, bytesPerSample: bytes, isBigEndian };
    const codec: CodecParameters = { codec: "pcm", ...common, pcm: format };
    return withLayout({
      codec,
      blockBytes: bytes * channels,
      blockLength: 1,
    });
  };
  if (type === "lpcm" && flags !== undefined) {
    return pcm(flags & 1 ? "float" : "signed", Math.ceil(bits / 8), (flags & 2) !== 0);
  }
  if (type === "ipcm" || type === "fpcm") {
    const config = children.get("pcmC");
    const isLittle = ((config?.[4] ?? 0) & 1) === 1;
    return pcm(type === "fpcm" ? "float" : "signed", (config?.[5] ?? bits) / 8, !isLittle);
  }
  const layout = quickTimeLayout(type, { ...common, bits });
  if (layout) {
    const isLittle = children.get("enda")?.[1] === 1;
    const { codec } = layout;
    if (!isLittle || !codec.pcm) return withLayout(layout);
    return withLayout({
      ...layout,
      codec: { ...codec, pcm: { ...codec.pcm, isBigEndian: false } },
    });
  }
  return { codec: packetCodec(type, common, children) };
}

const withLayout = (layout: Omit<SampleData, "start" | "end">): SampleEntry => ({
  codec: layout.codec,
  layout,
});

const otherNames: Readonly<Record<string, string>> = {
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  "ac-4": "AC-4",
  dtsc: "DTS",
  dtsh: "DTS",
  enca: "an encrypted track",
  QDM2: "QDesign Music",
  mhm1: "MPEG-H",
  wma: "Windows Media audio",
};

function packetCodec(
  type: string,
  common: { readonly sampleRate: number; readonly channels: number },
  children: ReadonlyMap<string, Uint8Array>,
): CodecParameters | string {
  const alac = children.get("alac");
  const opus = children.get("dOps");
  const flac = children.get("dfLa");
  if (type === "alac" && alac) return { codec: "alac", ...common, setup: alac.subarray(4, 28) };
  if (type === "Opus" && opus) return { codec: "opus", ...common, setup: opusHead(opus) };
  if (type === "fLaC" && flac) return { codec: "flac", ...common, setup: flac.slice(8) };
  if (type === "samr") return { codec: "amr-nb", sampleRate: 8000, channels: 1 };
  if (type === "sawb") return { codec: "amr-wb", sampleRate: 16_000, channels: 1 };
  if (type === ".mp3" || type === "ms\0U") return { codec: "mp3", ...common };
  const description = children.get("esds") && streamDescription(children.get("esds")!.subarray(4));
  if (type === "mp4a" && description) {
    const { objectType, setup } = description;
    if (objectType === 0x69 || objectType === 0x6b) return { codec: "mp3", ...common };
    const isAac = objectType === 0x40 || (objectType >= 0x66 && objectType <= 0x68);
    if (isAac && setup) return { codec: "aac", ...common, setup };
    return isAac
      ? "AAC without its configuration"
      : `MPEG-4 object type 0x${objectType.toString(16)}`;
  }
  return otherNames[type] ?? type;
}

/** Turns Opus' box into the identification header of Ogg, whose numbers are in the other order. */
function opusHead(box: Uint8Array): Uint8Array {
  const head = new Uint8Array(8 + Math.max(11, box.length));
  head.set(new TextEncoder().encode("OpusHead"));
  head.set(box, 8);
  head[8] = 1;
  head.set([box[3]!, box[2]!, box[7]!, box[6]!, box[5]!, box[4]!, box[9]!, box[8]!], 10);
  return head;
}

/** Returns a language of three letters, packed into 15 bits; `undefined` for "undetermined". */
export function languageOf(code: number): string | undefined {
  const letters = [code >> 10, code >> 5, code].map((bits) => (bits & 31) + 0x60);
  const language = latin1(Uint8Array.from(letters));
  return /^[a-z]{3}$/.test(language) && language !== "und" ? language : undefined;
}
