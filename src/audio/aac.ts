import type * as aacDecoder from "@audio/decode-aac";
import { UndertoneError } from "../shared/errors.ts";
import type { PacketDecoder } from "./packets.ts";

/**
 * Loads the AAC decoder, an optional dependency: FAAD2 is under the GPL.
 * @throws UndertoneError `audio-unsupported` when it is not installed
 */
export async function loadAacDecoder(): Promise<typeof aacDecoder> {
  try {
    return await import("@audio/decode-aac");
  } catch (cause) {
    throw new UndertoneError(
      "audio-unsupported",
      "AAC needs the optional package @audio/decode-aac: npm install @audio/decode-aac",
      { cause },
    );
  }
}

/**
 * Opens an AAC decoder for the packets of a container. `asc` is the track's AudioSpecificConfig; `extent`, in seconds, is the
 * part of the track without the encoder's delay.
 * @throws UndertoneError `audio-unsupported`
 */
export async function openAacDecoder(
  asc: Uint8Array,
  extent?: { readonly start: number; readonly duration: number },
): Promise<PacketDecoder> {
  const { decoder } = await loadAacDecoder();
  const aac = await decoder({ asc, ...(extent && { gapless: extent }) });
  return {
    decode: (packets) => {
      const { channelData, sampleRate } = aac.decode(packets.map((packet) => packet.data));
      return { sampleRate, channels: channelData };
    },
    free: () => aac.free(),
  };
}
