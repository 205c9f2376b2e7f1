import type { DecodingContext } from "../blocks.ts";
import type { CodecParameters } from "../codecs/codec.ts";
import type { AudioFormat } from "../format.ts";
import type { ByteSource } from "../source.ts";

/** Packets that follow each other without a gap. Times are seconds from the start of the recording. */
export interface PacketGroup {
  readonly packets: readonly Uint8Array[];
  /** Where the first sample belongs; without a time, right behind the ones before. Samples before 0 are dropped. */
  readonly startSec?: number | undefined;
  /** Where the last sample ends, instead of `startSec`. */
  readonly endSec?: number | undefined;
  /** The stream ends at `endSec`: what is decoded beyond it is padding. */
  readonly isLast?: boolean;
  /** Seconds at the end of what is decoded that are padding. */
  readonly paddingSec?: number;
  /** The recording begins here, whatever the times say. */
  readonly isOrigin?: boolean;
  /** Packets before this one were lost, or were damaged. */
  readonly isAfterLoss?: boolean;
  /** A new stream begins, for a new decoder. */
  readonly codec?: CodecParameters;
}

/** A part of the track's own time that is heard, from `atSec` of the recording on. */
export interface Edit {
  readonly fromSec: number;
  readonly toSec: number;
  readonly atSec: number;
}

/** One track with sound. */
export interface AudioTrack {
  /** What its packets are in; the name of a codec that is not decoded. */
  readonly codec: CodecParameters | string;
  readonly isDefault?: boolean | undefined;
  /** Its language or name, where the file says one. */
  readonly label?: string | undefined;
  /** Seconds of sound that the file promises. */
  readonly promisedSec?: number | undefined;
  /** In order; times of packets are then those before the edits. */
  readonly edits?: readonly Edit[] | undefined;
  packets(context: DecodingContext): AsyncIterable<PacketGroup> | Iterable<PacketGroup>;
}

/** Opens a container; `start` is the byte behind tags. @throws UndertoneError `audio-corrupt`, `audio-unsupported` */
export type OpenContainer = (
  source: ByteSource,
  start: number,
  context: DecodingContext,
) => Promise<readonly AudioTrack[]>;

/** All containers; each is loaded when it is first used. */
export const containers: Readonly<Record<AudioFormat, () => Promise<OpenContainer>>> = {
  wav: async () => (await import("./riff.ts")).openRiff,
  w64: async () => (await import("./riff.ts")).openWave64,
  aiff: async () => (await import("./aiff.ts")).openAiff,
  au: async () => (await import("./au.ts")).openAu,
  caf: async () => (await import("./caf.ts")).openCaf,
  flac: async () => (await import("./flac-file.ts")).openFlacFile,
  mp3: async () => (await import("./mp3-file.ts")).openMp3File,
  aac: async () => (await import("./adts.ts")).openAdts,
  amr: async () => (await import("./amr-file.ts")).openAmrFile,
  ogg: async () => (await import("./ogg.ts")).openOgg,
  mp4: async () => (await import("./mp4.ts")).openMp4,
  "mpeg-ts": async () => (await import("./mpeg-ts.ts")).openMpegTs,
  matroska: async () => (await import("./matroska.ts")).openMatroska,
};
