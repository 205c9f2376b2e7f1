import { UndertoneError } from "../../shared/errors.ts";
import type { DecodingContext } from "../blocks.ts";
import { opusClockHz, preSkipOf } from "../codecs/opus-head.ts";
import { readStreamInfo } from "../codecs/flac-info.ts";
import type { CodecParameters } from "../codecs/codec.ts";
import { lace } from "../codecs/lacing.ts";
import type { ByteSource } from "../source.ts";
import type { AudioTrack, OpenContainer, PacketGroup } from "./container.ts";
import { oggPages, type OggPage } from "./ogg-pages.ts";
import { latin1, view } from "./read.ts";

/** A logical stream, by its first packet. */
type Kind = "opus" | "vorbis" | "flac" | "speex" | "other audio" | "no audio";

/**
 * Opens an Ogg file; a chain of several recordings is one, and multiplexed streams are tracks.
 * @see RFC 3533; RFC 7845 for Opus
 */
export const openOgg: OpenContainer = async (source, start) => {
  const kinds: Kind[] = [];
  for await (const page of oggPages(source, start)) {
    if (!page.isFirst) break;
    kinds.push(kindOf(page.parts[0] ?? new Uint8Array()));
  }
  if (kinds.length === 0) {
    throw new UndertoneError("audio-corrupt", "The Ogg file has no page that starts a stream.");
  }
  const isAlone = kinds.length === 1;
  const tracks: AudioTrack[] = [];
  for (const kind of kinds.filter((each) => each !== "no audio")) {
    const index = tracks.length;
    if (kind === "speex" || kind === "other audio") {
      tracks.push({ codec: kind === "speex" ? "Speex" : kind, packets: () => [].values() });
      continue;
    }
    tracks.push({
      codec: { codec: kind, sampleRate: 0, channels: 0 },
      packets: (context) => packetsOf(source, { start, index, isAlone, context }),
    });
  }
  return tracks;
};

function kindOf(packet: Uint8Array): Kind {
  const head = latin1(packet.subarray(0, 8));
  if (head === "OpusHead") return "opus";
  if (head.startsWith("\x01vorbis")) return "vorbis";
  if (head.startsWith("\x7fFLAC")) return "flac";
  if (head === "Speex   ") return "speex";
  return /^(PCM {5}|CELT {4})/.test(head) ? "other audio" : "no audio";
}

interface Place {
  readonly start: number;
  /** Which of the streams with sound in each link of the chain. */
  readonly index: number;
  /** Whether no other stream starts at another time. */
  readonly isAlone: boolean;
  readonly context: DecodingContext;
}

async function* packetsOf(
  source: ByteSource,
  { start, index, isAlone, context }: Place,
): AsyncGenerator<PacketGroup> {
  let stream: LogicalStream | undefined;
  let wasFirst = false;
  let audioCount = 0;
  let hasEnd = false;
  for await (const page of oggPages(source, start)) {
    if (page.isFirst) {
      if (!wasFirst) audioCount = 0;
      const kind = kindOf(page.parts[0] ?? new Uint8Array());
      const isOurs = kind !== "no audio" && audioCount++ === index;
      if (isOurs) {
        const isDecoded = kind === "opus" || kind === "vorbis" || kind === "flac";
        const baseSec = stream?.endSec ?? 0;
        stream = isDecoded ? new LogicalStream(kind, page.serial, { baseSec, isAlone }) : undefined;
      }
    }
    wasFirst = page.isFirst;
    if (!stream || page.serial !== stream.serial) continue;
    hasEnd = page.isLast;
    yield* stream.take(page);
  }
  if (!hasEnd) context.warn("The Ogg stream has no last page: it may be cut short.");
}

/** Comments may hold pictures; what is larger is no packet. */
const mostPacketBytes = 1 << 24;

/** Headers before the first packet with sound. */
const headers = { opus: 2, vorbis: 3, flac: 1 } as const;

class LogicalStream {
  readonly serial: number;
  readonly #kind: keyof typeof headers;
  readonly #baseSec: number;
  readonly #isAlone: boolean;
  #headers: Uint8Array[] = [];
  #codec: CodecParameters | undefined;
  #isOpened = false;
  #partial: Uint8Array | undefined;
  #sequence: number | undefined;
  #isAfterLoss = false;
  endSec: number;

  constructor(
    kind: keyof typeof headers,
    serial: number,
    { baseSec, isAlone }: { baseSec: number; isAlone: boolean },
  ) {
    this.#kind = kind;
    this.serial = serial;
    this.#baseSec = baseSec;
    this.#isAlone = isAlone;
    this.endSec = baseSec;
  }

  *take(page: OggPage): Generator<PacketGroup> {
    if (this.#sequence !== undefined && page.sequence !== this.#sequence + 1) {
      this.#isAfterLoss = true;
      this.#partial = undefined;
    }
    this.#sequence = page.sequence;
    const packets = this.#packetsOf(page).filter((packet) => !this.#takeHeader(packet));
    if (!this.#codec || packets.length === 0) return;
    const isFirst = !this.#isOpened;
    const isBeginning = isFirst && !this.#isAfterLoss;
    const granuleSec = page.granule === undefined ? undefined : this.#secOf(page.granule);
    if (granuleSec !== undefined) this.endSec = granuleSec;
    yield {
      packets,
      // The only page: its end tells the padding, so that its start is that of the stream.
      ...(isBeginning && page.isLast && { startSec: this.#secOf(0) }),
      endSec: granuleSec,
      isLast: page.isLast && granuleSec !== undefined,
      isAfterLoss: this.#isAfterLoss,
      isOrigin: isBeginning && this.#isAlone,
      ...(isFirst && { codec: this.#codec }),
    };
    this.#isOpened = true;
    this.#isAfterLoss = false;
  }

  /** Joins the parts of packets that span pages. */
  #packetsOf({ parts, isContinued, isEnded }: OggPage): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (const [n, part] of parts.entries()) {
      const isRest = n === 0 && isContinued;
      const isWhole = n < parts.length - 1 || isEnded;
      // The start of this packet is lost.
      if (isRest && !this.#partial) continue;
      const joined = isRest ? join(this.#partial!, part) : part;
      if (joined.length > mostPacketBytes) {
        this.#partial = undefined;
        this.#isAfterLoss = true;
        continue;
      }
      this.#partial = isWhole ? undefined : joined;
      if (isWhole && joined.length > 0) packets.push(joined);
    }
    return packets;
  }

  /** Whether the packet is a header; the last one opens the codec. */
  #takeHeader(packet: Uint8Array): boolean {
    if (this.#codec) return this.#kind === "flac" && packet[0] !== 0xff;
    this.#headers.push(packet);
    if (this.#headers.length < headers[this.#kind]) return true;
    this.#codec = codecOf(this.#kind, this.#headers);
    return true;
  }

  #secOf(granule: number): number {
    const { sampleRate, setup } = this.#codec!;
    const sec =
      this.#kind === "opus" ? (granule - preSkipOf(setup)) / opusClockHz : granule / sampleRate;
    return this.#baseSec + sec;
  }
}

function codecOf(kind: keyof typeof headers, packets: readonly Uint8Array[]): CodecParameters {
  const first = packets[0]!;
  if (kind === "opus") {
    const [channels = 1, sampleRate] = [first[9], opusClockHz];
    return { codec: "opus", sampleRate, channels, setup: first };
  }
  if (kind === "vorbis" && first.length >= 16) {
    const [channels, sampleRate] = [first[11]!, view(first).getUint32(12, true)];
    // Its comments are not looked at.
    const setup = lace([first, new Uint8Array(), packets[2]!]);
    return { codec: "vorbis", sampleRate, channels, setup };
  }
  const setup = first.subarray(9);
  const info = readStreamInfo(setup);
  if (kind === "flac" && info) {
    const { sampleRate, channels } = info;
    return { codec: "flac", sampleRate, channels, setup };
  }
  throw new UndertoneError("audio-corrupt", `The ${kind} stream's header is cut short.`);
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
