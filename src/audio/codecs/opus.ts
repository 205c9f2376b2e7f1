import { UndertoneError } from "../../shared/errors.ts";
import type { CodecParameters, PacketDecoder } from "./codec.ts";
import { opusClockHz } from "./opus-head.ts";
import { quietly } from "./quiet.ts";

/** Output rates of the decoder in Hz. */
const sampleRates = [8000, 12_000, 16_000, 24_000, 48_000] as const;

/**
 * Opens an Opus decoder at the wanted rate where Opus has it, else at 48 kHz. `setup` is the identification header of Ogg;
 * without one the stream is mono or stereo, as `channels` says.
 * @throws UndertoneError `audio-corrupt` for a header that is cut short
 * @see RFC 7845, section 5.1
 */
export async function openOpusDecoder(
  { setup, channels }: CodecParameters,
  wantedHz?: number,
): Promise<PacketDecoder> {
  const layout = setup ? layoutOf(setup) : { channels: Math.min(channels, 2) };
  const { OpusDecoder } = await import("opus-decoder");
  const sampleRate = sampleRates.find((rate) => rate === wantedHz) ?? opusClockHz;
  const decoder = new OpusDecoder({ ...layout, sampleRate });
  await decoder.ready;
  return {
    decode: (packet) => {
      if (packet.length > mostPacketBytes * layout.channels) {
        throw new Error("an Opus packet is too large");
      }
      const { result } = quietly(() => decoder.decodeFrame(packet));
      if (result.errors.length > 0) throw new Error(result.errors[0]!.message);
      return { sampleRate, channels: result.channelData };
    },
    free: () => decoder.free(),
  };
}

/** What the decoder has room for. */
const mostPacketBytes = 3840;

interface OpusLayout {
  readonly channels: number;
  readonly streamCount?: number;
  readonly coupledStreamCount?: number;
  readonly channelMappingTable?: number[];
}

function layoutOf(head: Uint8Array): OpusLayout {
  if (head.length < 19 || head[9] === 0) {
    throw new UndertoneError("audio-corrupt", "The Opus stream has no valid header.");
  }
  const channels = head[9]!;
  if (head[18] === 0) return { channels: Math.min(channels, 2) };
  if (head.length < 21 + channels) {
    throw new UndertoneError("audio-corrupt", "The Opus stream's channel mapping is cut short.");
  }
  return {
    channels,
    streamCount: head[19]!,
    coupledStreamCount: head[20]!,
    channelMappingTable: [...head.subarray(21, 21 + channels)],
  };
}
