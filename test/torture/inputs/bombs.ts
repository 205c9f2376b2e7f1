/** Small files that promise, or really hold, more than fits into memory. */
import { deflateSync } from "node:zlib";
import {
  big,
  BitWriter,
  box,
  checksum,
  element,
  joined,
  little,
  oggPage,
  type Part,
} from "./bytes.ts";

const crc8 = checksum(0x07, 8);
const crc16 = checksum(0x8005, 16);

/** FLAC of eight channels of silence, the most samples a frame; each has 41 bytes and 524 280 samples. */
export function flacBomb(frames: number): Uint8Array {
  const info = joined(
    big(65_535, 2),
    big(65_535, 2),
    big(0, 6),
    [0x0b, 0xb8, 0x0e, 0xf0],
    big(0, 20),
  );
  const parts = Array.from({ length: frames }, (_, n) => {
    const number = n < 128 ? [n] : [0xc0 | (n >> 6), 0x80 | (n & 63)];
    const head = joined([0xff, 0xf8, 0x70, 0x78], number, big(65_534, 2));
    const body = joined(head, [crc8(head)], Array<number>(24).fill(0));
    return joined(body, big(crc16(body), 2));
  });
  return joined("fLaC", [0x80], big(info.length, 3), info, ...parts);
}

/** Vorbis of 255 silent channels with the longest blocks: 33 bytes give 4096 samples of each. */
export function vorbisBomb(pages: number): Uint8Array {
  const channels = 255;
  const first = joined(
    [1],
    "vorbis",
    big(0, 4),
    [channels],
    little(48_000, 4),
    big(0, 12),
    [0xdd, 1],
  );
  const comments = joined([3], "vorbis", little(0, 4), little(0, 4), [1]);
  const setup = new BitWriter();
  setup.put(0, 8).put(0x564342, 24).put(1, 16).put(1, 24).put(0, 1).put(0, 1).put(0, 5).put(0, 4);
  setup.put(0, 6).put(0, 16);
  setup.put(0, 6).put(1, 16).put(0, 5).put(0, 2).put(8, 4);
  setup
    .put(0, 6)
    .put(0, 16)
    .put(0, 24)
    .put(0, 24)
    .put(0, 24)
    .put(0, 6)
    .put(0, 8)
    .put(0, 3)
    .put(0, 1);
  setup.put(0, 6).put(0, 16).put(0, 1).put(0, 1).put(0, 2).put(0, 24);
  setup.put(0, 6).put(1, 1).put(0, 16).put(0, 16).put(0, 8).put(1, 1);
  const third = joined([5], "vorbis", setup.bytes());
  const packet = new BitWriter().put(0, 1).put(3, 2).put(0, channels).bytes();
  const packets = Array.from({ length: 255 }, () => packet);
  return joined(
    oggPage([first], { sequence: 0, granule: 0, flags: 2 }),
    oggPage([comments, third], { sequence: 1, granule: 0 }),
    ...Array.from({ length: pages }, (_, n) =>
      oggPage(packets, {
        sequence: n + 2,
        granule: (n + 1) * 255 * 4096,
        flags: n === pages - 1 ? 4 : 0,
      }),
    ),
  );
}

/** Opus of 255 channels, each packet of 120 ms of empty frames. */
export function opusBomb(pages: number): Uint8Array {
  const channels = 255;
  const head = joined("OpusHead", [1, channels], little(0, 2), little(48_000, 4), [0, 0, 255]);
  const mapping = joined(
    [channels, 0],
    Array.from({ length: channels }, (_, n) => n),
  );
  const one = [0xfb, 6, 0];
  const packet = joined(...Array.from({ length: channels - 1 }, () => one), [0xfb, 6]);
  const packets = Array.from({ length: 60 }, () => packet);
  return joined(
    oggPage([joined(head, mapping)], { sequence: 0, granule: 0, flags: 2 }),
    oggPage([joined("OpusTags", little(0, 8))], { sequence: 1, granule: 0 }),
    ...Array.from({ length: pages }, (_, n) =>
      oggPage(packets, { sequence: n + 2, granule: (n + 1) * 60 * 5760 }),
    ),
  );
}

/** A chain of as many recordings, each with a decoder of its own. */
function oggChain(links: number): Uint8Array {
  const head = joined("OpusHead", [1, 1], little(0, 2), little(48_000, 4), [0, 0, 0]);
  return joined(
    ...Array.from({ length: links }, (_, n) => {
      const serial = n + 1;
      return joined(
        oggPage([head], { serial, sequence: 0, granule: 0, flags: 2 }),
        oggPage([joined("OpusTags", little(0, 8))], { serial, sequence: 1, granule: 0 }),
        oggPage([Uint8Array.of(0xf8, 0)], { serial, sequence: 2, granule: 960, flags: 4 }),
      );
    }),
  );
}

/** One packet of Ogg that does not end. */
function oggEndlessPacket(pages: number): Uint8Array {
  const head = joined("OpusHead", [1, 1], little(0, 2), little(48_000, 4), [0, 0, 0]);
  const part = new Uint8Array(255 * 255);
  return joined(
    oggPage([head], { sequence: 0, granule: 0, flags: 2 }),
    ...Array.from({ length: pages }, (_, n) =>
      oggPage([part], { sequence: n + 1, granule: 0, flags: n > 0 ? 1 : 0, isOpen: true }),
    ),
  );
}

const mvhd = box("mvhd", big(0, 12), big(1000, 4), big(0, 84));
const head = (codec: Uint8Array, more: Uint8Array = new Uint8Array()): Uint8Array =>
  box(
    "trak",
    box("tkhd", [0, 0, 0, 1], big(0, 8), big(1, 4), big(0, 68)),
    more,
    box(
      "mdia",
      box("mdhd", big(0, 12), big(8000, 4), big(0, 8)),
      box("hdlr", big(0, 8), "soun", big(0, 13)),
      box("minf", codec),
    ),
  );
const entry = (type: string, channels: number, ...children: Uint8Array[]): Uint8Array =>
  box(
    "stsd",
    big(0, 4),
    big(1, 4),
    box(
      type,
      big(0, 16),
      big(channels, 2),
      big(16, 2),
      big(0, 4),
      big(8000, 2),
      big(0, 2),
      ...children,
    ),
  );
const tables = (samples: number, size: number, at: number): Uint8Array =>
  joined(
    box("stts", big(0, 4), big(1, 4), big(samples, 4), big(160, 4)),
    box("stsc", big(0, 4), big(1, 4), big(1, 4), big(samples, 4), big(1, 4)),
    box("stsz", big(0, 4), big(size, 4), big(samples, 4)),
    box("stco", big(0, 4), big(1, 4), big(at, 4)),
  );
const ftyp = box("ftyp", "isom", big(0, 4), "isom");

/** Fragments with runs of samples that are all alike: 16 bytes say 65 536 of them. */
function mp4Runs(runs: number): Uint8Array {
  const moov = box(
    "moov",
    mvhd,
    head(box("stbl", entry("samr", 1), tables(0, 0, 0))),
    box("mvex", box("trex", big(0, 4), big(1, 4), big(1, 4), big(160, 4), big(1, 4), big(0, 4))),
  );
  const truns = Array.from({ length: runs }, () => box("trun", big(0, 4), big(0xffff_ffff, 4)));
  const moof = box("moof", box("traf", box("tfhd", big(0, 4), big(1, 4)), ...truns));
  return joined(ftyp, moov, moof, box("mdat", new Uint8Array(64)));
}

/** One packet of as many AMR frames of one byte. */
function mp4Frames(bytes: number): Uint8Array {
  const moov = (at: number): Uint8Array =>
    box("moov", mvhd, head(box("stbl", entry("samr", 1), tables(1, bytes, at))));
  const at = ftyp.length + moov(0).length + 8;
  return joined(ftyp, moov(at), box("mdat", new Uint8Array(bytes).fill(0x7c)));
}

/** Apple Lossless whose configuration has frames of 4 billion samples. */
function mp4Alac(): Uint8Array {
  const cookie = box(
    "alac",
    big(0, 4),
    big(0xffff_ffff, 4),
    [0, 16, 40, 10, 14, 8],
    big(255, 2),
    big(0, 8),
    big(8000, 4),
  );
  const moov = (at: number): Uint8Array =>
    box("moov", mvhd, head(box("stbl", entry("alac", 8, cookie), tables(4, 100, at))));
  const at = ftyp.length + moov(0).length + 8;
  return joined(ftyp, moov(at), box("mdat", new Uint8Array(400).fill(0x11)));
}

/** An edit list that begins with 584 million years of silence. */
function mp4Silence(): Uint8Array {
  const pause = joined(
    big(0xffff_ffff, 4),
    big(0xffff_ffff, 4),
    big(0xffff_ffff, 4),
    big(0xffff_ffff, 4),
    [0, 1, 0, 0],
  );
  const sound = joined(big(0, 4), big(1000, 4), big(0, 8), [0, 1, 0, 0]);
  const elst = box("edts", box("elst", [1, 0, 0, 0], big(2, 4), pause, sound));
  const moov = (at: number): Uint8Array =>
    box("moov", mvhd, head(box("stbl", entry("samr", 1), tables(50, 1, at)), elst));
  const at = ftyp.length + moov(0).length + 8;
  return joined(ftyp, moov(at), box("mdat", new Uint8Array(50).fill(0x7c)));
}

/** PCM in QuickTime of as many channels in one chunk. */
function movChannels(channels: number): Uint8Array {
  const moov = box(
    "moov",
    mvhd,
    head(box("stbl", entry("twos", channels), tables(0xffff_ffff, channels * 2, 0))),
  );
  return joined(ftyp, moov);
}

const moovOf = (...content: Uint8Array[]): Uint8Array =>
  joined(ftyp, box("moov", mvhd, ...content));

/** As many boxes of 8 bytes. */
const mp4Boxes = (count: number): Uint8Array => {
  const bytes = new Uint8Array(8 * count);
  const one = joined(big(8, 4), "free");
  for (let n = 0; n < count; n++) bytes.set(one, 8 * n);
  return moovOf(bytes);
};
/** A table with as many rows of no samples. */
const mp4Rows = (count: number): Uint8Array =>
  moovOf(
    head(
      box(
        "stbl",
        entry("samr", 1),
        box("stts", big(0, 4), big(count, 4), new Uint8Array(8 * count)),
        box("stsc", big(0, 4), big(count, 4), new Uint8Array(12 * count)),
        box("stsz", big(0, 12)),
        box("stco", big(0, 8)),
      ),
    ),
  );

const ebml = element(0x1a45dfa3, element(0x4282, "matroska"));
const track = (codec: string, ...more: Uint8Array[]): Uint8Array =>
  element(0xae, element(0xd7, [1]), element(0x83, [2]), element(0x86, codec), ...more);

/** As many entries of tracks. */
const mkvTracks = (count: number): Uint8Array => {
  const one = element(0xae, element(0x83, [2]));
  const bytes = new Uint8Array(one.length * count);
  for (let n = 0; n < count; n++) bytes.set(one, one.length * n);
  return joined(ebml, element(0x18538067, element(0x1654ae6b, bytes)));
};

/** Blocks of 256 packets, each of which inflates to megabytes. */
function mkvInflating(blocks: number): Uint8Array {
  const packed = new Uint8Array(deflateSync(Buffer.alloc(1 << 22)));
  const packets = Array.from({ length: 256 }, () => packed);
  const block = element(0xa3, [0x81, 0, 0, 0x04, 255], ...packets);
  const zlib = element(0x6d80, element(0x6240, element(0x5034, element(0x4254, [0]))));
  return joined(
    ebml,
    element(
      0x18538067,
      element(
        0x1654ae6b,
        track("A_PCM/INT/LIT", zlib, element(0xe1, element(0x9f, [1]), element(0x6264, [8]))),
      ),
      element(0x1f43b675, element(0xe7, [0]), ...Array.from({ length: blocks }, () => block)),
    ),
  );
}

/** Packets of which each comes hours after the one before. */
function mkvGaps(count: number): Uint8Array {
  const clusters = Array.from({ length: count }, (_, n) =>
    element(
      0x1f43b675,
      element(0xe7, big(n * 20_000_000, 8)),
      element(0xa3, [0x81, 0, 0, 0], new Uint8Array(320)),
    ),
  );
  return joined(
    ebml,
    element(
      0x18538067,
      element(
        0x1654ae6b,
        track("A_PCM/INT/LIT", element(0xe1, element(0x9f, [1]), element(0x6264, [16]))),
      ),
      ...clusters,
    ),
  );
}

const wave = (channels: number, bits: number, data: Uint8Array): Uint8Array =>
  joined(
    "RIFF",
    little(36 + data.length, 4),
    "WAVEfmt ",
    little(16, 4),
    little(1, 2),
    little(channels, 2),
    little(16_000, 4),
    little(0, 4),
    little((channels * bits) / 8, 2),
    little(bits, 2),
    "data",
    little(data.length, 4),
    data,
  );

const caf = (...chunks: Uint8Array[]): Uint8Array => joined("caff", big(0x10000, 4), ...chunks);
const cafChunk = (id: string, ...body: readonly Part[]): Uint8Array => {
  const content = joined(...body);
  return joined(id, big(0, 4), big(content.length, 4), content);
};
const cafDescription = (coding: string, channels: number, bits: number): Uint8Array =>
  cafChunk(
    "desc",
    [0x40, 0xcf, 0x40, 0, 0, 0, 0, 0],
    coding,
    big(0, 4),
    big(0, 8),
    big(channels, 4),
    big(bits, 4),
  );

const mp3Frame = (rate: number, size: number): Uint8Array =>
  joined([0xff, 0xfb, 0x10 | (rate << 2), 0xc0], new Uint8Array(size - 4));

/** MP3 frames of which every other pair has another rate: each opens a decoder and a resampler. */
function mp3Rates(pairs: number): Uint8Array {
  const [a, b] = [mp3Frame(0, 104), mp3Frame(1, 96)];
  return joined(...Array.from({ length: pairs }, () => joined(a, a, b, b)));
}

/** All bombs, by name. `size` scales them: 1 is what the full run takes. */
export const bombs: Readonly<Record<string, (size: number) => Uint8Array>> = {
  "FLAC, 8 channels": (size) => flacBomb(500 * size),
  "Vorbis, 255 channels": (size) => vorbisBomb(Math.ceil(8 * size)),
  "Opus, 255 channels": (size) => opusBomb(Math.ceil(10 * size)),
  "Ogg, a chain": (size) => oggChain(2000 * size),
  "Ogg, a packet without end": (size) => oggEndlessPacket(600 * size),
  "MP4, runs": () => mp4Runs(300),
  "MP4, frames of a byte": (size) => mp4Frames(Math.ceil(4e6 * size)),
  "MP4, Apple Lossless": mp4Alac,
  "MP4, silence without end": mp4Silence,
  "MP4, boxes": (size) => mp4Boxes(4e6 * size),
  "MP4, rows": (size) => mp4Rows(3e6 * size),
  "MOV, 65 535 channels": () => movChannels(65_535),
  "Matroska, tracks": (size) => mkvTracks(1e6 * size),
  "Matroska, zlib": (size) => mkvInflating(Math.ceil(4 * size)),
  "Matroska, gaps of hours": () => mkvGaps(60),
  "WAV, 65 535 channels": (size) => wave(65_535, 16, new Uint8Array(64e6 * size)),
  "WAV, 255 channels of 8 bits": (size) => wave(255, 8, new Uint8Array(255 * 2e5 * size)),
  "CAF, 4 billion channels": () =>
    caf(cafDescription("lpcm", 0xffff_ffff, 16), cafChunk("data", big(0, 4), new Uint8Array(1e6))),
  "CAF, packets": (size) =>
    caf(
      cafDescription("alac", 2, 0),
      cafChunk("pakt", big(2 ** 40, 8), big(0, 16), new Uint8Array(2e7 * size)),
      cafChunk("data", big(0, 4), new Uint8Array(1e5)),
    ),
  "MP3, rates": (size) => mp3Rates(2000 * size),
};
