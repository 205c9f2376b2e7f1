import { UndertoneError } from "../../shared/errors.ts";
import { opusClockHz, preSkipOf } from "../codecs/opus-head.ts";
import type { ByteSource } from "../source.ts";
import type { AudioTrack, Edit, OpenContainer, PacketGroup } from "./container.ts";
import { bodyAt, boxesIn, fileBoxes } from "./mp4-boxes.ts";
import { languageOf, sampleEntry } from "./mp4-entry.ts";
import { firstFragmentSec, fragmentDefaults, fragmentSamples } from "./mp4-fragments.ts";
import { sampleTable, tableSamples, tableSec } from "./mp4-samples.ts";
import { latin1, view } from "./read.ts";

/** Samples of a hundred hours. */
const mostIndexBytes = 1 << 26;
const mostTagBytes = 1 << 16;
const mostEdits = 4096;

/**
 * Opens an MP4, M4A, MOV or 3GP file, in fragments or not.
 * @see ISO/IEC 14496-12; Apple, QuickTime File Format
 */
export const openMp4: OpenContainer = async (source, start) => {
  let moov: Uint8Array | undefined;
  let hasFragments = false;
  for await (const { type, bodyStart, end } of fileBoxes(source, start)) {
    if (type === "moov") {
      moov ??= await source.read(bodyStart, Math.min(end, bodyStart + mostIndexBytes));
    }
    if (type === "moof") hasFragments = true;
    if (moov && hasFragments) break;
  }
  if (!moov || !bodyAt(moov, "mvhd")) {
    throw new UndertoneError(
      "audio-corrupt",
      "The file's index is missing or damaged, as in a recording that was interrupted. It cannot be decoded without it.",
    );
  }
  const file: Mp4File = { source, start, moov, hasFragments };
  const traks = boxesIn(moov).filter(({ type }) => type === "trak");
  const headers = traks
    .map(({ body }) => trackHeader(body))
    .filter((header) => header !== undefined);
  const originSec = hasFragments ? await earliestSec(file, headers) : 0;
  return headers.filter(({ isSound }) => isSound).map((header) => trackOf(file, header, originSec));
};

interface Mp4File {
  readonly source: ByteSource;
  readonly start: number;
  readonly moov: Uint8Array;
  readonly hasFragments: boolean;
}

interface TrackHeader {
  readonly body: Uint8Array;
  readonly id: number;
  readonly isSound: boolean;
  readonly isEnabled: boolean;
  readonly timescale: number;
  readonly language: string | undefined;
}

function trackHeader(body: Uint8Array): TrackHeader | undefined {
  const [tkhd, mdhd, hdlr] = ["tkhd", "mdia mdhd", "mdia hdlr"].map((path) => bodyAt(body, path));
  if (!tkhd || !mdhd || !hdlr || tkhd.length < 24 || mdhd.length < 24) return undefined;
  const isLong = mdhd[0] === 1;
  if (isLong && mdhd.length < 36) return undefined;
  return {
    body,
    id: view(tkhd).getUint32(tkhd[0] === 1 ? 20 : 12),
    isSound: latin1(hdlr.subarray(8, 12)) === "soun",
    isEnabled: (tkhd[3]! & 1) === 1,
    timescale: Math.max(1, view(mdhd).getUint32(isLong ? 20 : 12)),
    language: languageOf(view(mdhd).getUint16(isLong ? 32 : 20)),
  };
}

/** Fragments of a broadcast begin at any time: the recording begins with the first of them. */
async function earliestSec(
  { source, start, moov }: Mp4File,
  headers: readonly TrackHeader[],
): Promise<number> {
  const firsts: number[] = [];
  for (const { id, timescale } of headers) {
    const track = { id, timescale, defaults: fragmentDefaults(moov, id) };
    const first = await firstFragmentSec(source, start, track);
    if (first !== undefined) firsts.push(first);
  }
  return firsts.length > 0 ? Math.min(...firsts) : 0;
}

function trackOf(file: Mp4File, header: TrackHeader, originSec: number): AudioTrack {
  const { source, start, moov, hasFragments } = file;
  const { body, id, timescale, isEnabled, language } = header;
  const stbl = bodyAt(body, "mdia minf stbl");
  const stsd = stbl && bodyAt(stbl, "stsd");
  const entry = stsd && sampleEntry(stsd);
  if (!stbl || !entry) return { codec: "an unknown codec", packets: () => [].values() };
  const { codec } = entry;
  const table = sampleTable(stbl);
  const mediaSec = table ? tableSec(table, timescale) : 0;
  const edits =
    editsOf(file, header, mediaSec) ??
    (typeof codec === "string" ? undefined : gapsOf(file, codec));
  const isWhole = mediaSec > 0 && !hasFragments;
  const promisedSec = edits
    ? edits.reduce((sum, { fromSec, toSec }) => sum + Math.min(toSec, mediaSec) - fromSec, 0)
    : mediaSec;
  return {
    codec,
    isDefault: isEnabled,
    label: language,
    promisedSec: isWhole ? promisedSec : undefined,
    edits,
    packets: async function* (context): AsyncGenerator<PacketGroup> {
      if (table) yield* tableSamples(source, { table, entry, timescale });
      if (!hasFragments) return;
      const defaults = fragmentDefaults(moov, id);
      const track = { id, timescale, defaults, context };
      for await (const group of fragmentSamples(source, start, track)) {
        yield { ...group, startSec: group.startSec! - originSec };
      }
    },
  };
}

/** The parts of a track that are heard, by its edit list; `undefined` without one. */
function editsOf(
  { moov }: Mp4File,
  { body, timescale }: TrackHeader,
  mediaSec: number,
): Edit[] | undefined {
  const [elst, mvhd] = [bodyAt(body, "edts elst"), bodyAt(moov, "mvhd")];
  if (!elst || !mvhd || elst.length < 8) return undefined;
  const movieTimescale = Math.max(1, view(mvhd).getUint32(mvhd[0] === 1 ? 20 : 12));
  const data = view(elst);
  const isLong = elst[0] === 1;
  const rowBytes = isLong ? 20 : 12;
  const count = Math.min(data.getUint32(4), Math.floor((elst.length - 8) / rowBytes), mostEdits);
  const edits: Edit[] = [];
  let atSec = 0;
  for (let row = 0; row < count; row++) {
    const at = 8 + row * rowBytes;
    const duration = isLong ? Number(data.getBigUint64(at)) : data.getUint32(at);
    const mediaTime = isLong ? Number(data.getBigInt64(at + 8)) : data.getInt32(at + 4);
    const durationSec = duration / movieTimescale;
    if (mediaTime >= 0) {
      const fromSec = mediaTime / timescale;
      // The movie's time is coarser than the track's, and rounded down; 0 is to the end.
      const slack = movieTimescale < timescale ? 1 / movieTimescale : 0;
      const endSec = fromSec + durationSec;
      const isToEnd = duration === 0 || (mediaSec > 0 && endSec + slack > mediaSec);
      const toSec = isToEnd ? mediaSec || Infinity : endSec;
      if (toSec > fromSec) edits.push({ fromSec, toSec, atSec });
    }
    atSec += durationSec;
  }
  return edits.length > 0 ? edits : undefined;
}

/** Without an edit list: the delays that Opus' header and the tags of Apple's encoders tell. */
function gapsOf(
  { moov }: Mp4File,
  { codec, setup, sampleRate }: Exclude<AudioTrack["codec"], string>,
): Edit[] | undefined {
  const preSkip = codec === "opus" ? preSkipOf(setup) : 0;
  if (preSkip > 0) return [{ fromSec: preSkip / opusClockHz, toSec: Infinity, atSec: 0 }];
  const udta = bodyAt(moov, "udta");
  const numbers =
    udta &&
    / 0{8} ([\dA-F]{8}) [\dA-F]{8} ([\dA-F]{16})/.exec(text(udta.subarray(0, mostTagBytes)));
  if (!numbers || sampleRate === 0) return undefined;
  const [delay, length] = numbers.slice(1).map((digits) => Number.parseInt(digits, 16));
  const fromSec = delay! / sampleRate;
  return [{ fromSec, toSec: length ? fromSec + length / sampleRate : Infinity, atSec: 0 }];
}

const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
