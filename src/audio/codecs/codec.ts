import type { AudioBlock } from "../blocks.ts";

/** A codec that is decoded. */
export type Codec =
  | "pcm"
  | "a-law"
  | "mu-law"
  | "ima-adpcm"
  | "ima-adpcm-qt"
  | "ms-adpcm"
  | "gsm"
  | "gsm-ms"
  | "flac"
  | "alac"
  | "mp3"
  | "aac"
  | "vorbis"
  | "opus"
  | "amr-nb"
  | "amr-wb";

/** How samples of PCM are stored. */
export interface PcmFormat {
  readonly kind: "signed" | "unsigned" | "float";
  readonly bytesPerSample: number;
  readonly isBigEndian: boolean;
}

/** What a decoder is opened with; a container tells it. */
export interface CodecParameters {
  readonly codec: Codec;
  /** Hz */
  readonly sampleRate: number;
  readonly channels: number;
  /** Opus' identification header, AAC's AudioSpecificConfig, FLAC's STREAMINFO, ALAC's cookie, Vorbis' headers with lengths. */
  readonly setup?: Uint8Array | undefined;
  readonly pcm?: PcmFormat;
  /** Bytes of a block of ADPCM, of all channels. */
  readonly blockBytes?: number;
}

/** Decodes the packets of one track, one after another. */
export interface PacketDecoder {
  /** Returns the samples of a packet, none where the codec holds them back. @throws Error for a damaged packet */
  decode(packet: Uint8Array): AudioBlock | Promise<AudioBlock>;
  free(): void;
  /** By how much the decoder's output is late, in seconds. */
  readonly delaySec?: number;
}

type OpenDecoder = (
  parameters: CodecParameters,
  wantedHz?: number,
) => PacketDecoder | Promise<PacketDecoder>;

/** All decoders; each is loaded when it is first used. */
const decoders: Readonly<Record<Codec, () => Promise<OpenDecoder>>> = {
  pcm: async () => (await import("./pcm.ts")).openPcmDecoder,
  "a-law": async () => (await import("./pcm.ts")).openPcmDecoder,
  "mu-law": async () => (await import("./pcm.ts")).openPcmDecoder,
  "ima-adpcm": async () => (await import("./ima-adpcm.ts")).openImaDecoder,
  "ima-adpcm-qt": async () => (await import("./ima-adpcm.ts")).openQuickTimeImaDecoder,
  "ms-adpcm": async () => (await import("./ms-adpcm.ts")).openMsAdpcmDecoder,
  gsm: async () => (await import("./gsm.ts")).openGsmDecoder,
  "gsm-ms": async () => (await import("./gsm.ts")).openGsmDecoder,
  flac: async () => (await import("./flac.ts")).openFlacDecoder,
  alac: async () => (await import("./aac.ts")).openAlacDecoder,
  mp3: async () => (await import("./mp3.ts")).openMp3Decoder,
  aac: async () => (await import("./aac.ts")).openAacDecoder,
  vorbis: async () => (await import("./vorbis.ts")).openVorbisDecoder,
  opus: async () => (await import("./opus.ts")).openOpusDecoder,
  "amr-nb": async () => (await import("./amr.ts")).openAmrDecoder,
  "amr-wb": async () => (await import("./amr.ts")).openAmrDecoder,
};

/** Codecs whose packets can be wrongly opened without an error: what they give is checked for noise. */
export const isLossy = (codec: Codec): boolean =>
  ["mp3", "aac", "vorbis", "opus", "amr-nb", "amr-wb"].includes(codec);

/**
 * Opens the decoder of a track, at the wanted rate where the codec has it.
 * @throws UndertoneError `audio-unsupported`, `audio-corrupt`
 */
export async function openCodec(
  parameters: CodecParameters,
  wantedHz?: number,
): Promise<PacketDecoder> {
  const open = await decoders[parameters.codec]();
  return open(parameters, wantedHz);
}
