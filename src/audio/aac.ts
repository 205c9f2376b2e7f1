import type * as aacDecoder from "@audio/decode-aac";
import { UndertoneError } from "../shared/errors.ts";
import type { PacketDecoder } from "./packets.ts";

/**
 * The AAC decoder is an optional dependency: FAAD2 is under the GPL, and some must leave it out.
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
 * Opens an AAC decoder for the packets of a container. `asc` is the track's AudioSpecificConfig; `extent`
 * says in seconds where the sound starts and how long it lasts, so that the encoder's delay is cut off.
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
