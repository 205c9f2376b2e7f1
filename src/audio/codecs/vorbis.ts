import { UndertoneError } from "../../shared/errors.ts";
import type { AudioBlock } from "../blocks.ts";
import type { CodecParameters, PacketDecoder } from "./codec.ts";
import { unlace } from "./lacing.ts";
import { quietly } from "./quiet.ts";

/** Pages as the decoder takes them from its own Ogg parser, as far as it looks at them. */
interface DecoderPage {
  readonly data: Uint8Array;
  readonly codecFrames: readonly {
    readonly data: Uint8Array;
    readonly header?: { readonly vorbisSetup: Uint8Array };
  }[];
}

/**
 * Opens a Vorbis decoder. `setup` is its three headers in Xiph lacing, as Matroska keeps them: their count less one, the
 * lengths of the first two, and the headers.
 * @throws UndertoneError `audio-corrupt` for headers that are cut short
 */
export async function openVorbisDecoder({ setup }: CodecParameters): Promise<PacketDecoder> {
  const [identification, , codebooks] = (setup && unlace(setup)) ?? [];
  if (!identification || !codebooks || identification.length < 30 || codebooks.length < 16) {
    throw new UndertoneError("audio-corrupt", "The Vorbis stream's headers are cut short.");
  }
  const { OggVorbisDecoder } = await import("@wasm-audio-decoders/ogg-vorbis");
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  const decodePages = async (pages: readonly DecoderPage[]): Promise<AudioBlock> => {
    // What the package types as pages of its parser is read by these keys alone.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { result } = quietly(() => decoder.decodeOggPages(pages as never));
    const { sampleRate, channelData } = await result;
    return { sampleRate, channels: channelData };
  };
  let isFirst = true;
  return {
    decode: async (packet) => {
      if (isFirst) {
        isFirst = false;
        const first = { data: packet, header: { vorbisSetup: codebooks } };
        return decodePages([
          { data: identification, codecFrames: [] },
          { data: codebooks, codecFrames: [first] },
        ]);
      }
      const block = await decodePages([{ data: packet, codecFrames: [{ data: packet }] }]);
      const isEmpty = !block.channels[0]?.length;
      if (isEmpty) throw new Error("a Vorbis packet cannot be decoded");
      return block;
    },
    free: () => decoder.free(),
  };
}
