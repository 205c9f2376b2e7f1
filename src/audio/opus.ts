import { UndertoneError } from "../shared/errors.ts";
import type { PacketDecoder } from "./packets.ts";

/** Output rates of the decoder in Hz, and the rate of its containers' timestamps. */
const sampleRates = [8000, 12_000, 16_000, 24_000, 48_000] as const;
const countingRate = 48_000;

/**
 * Opens an Opus decoder for the packets of a container, at the wanted rate where Opus has it, else at 48 kHz. The pre-skip
 * in `head`, the container's identification header, is dropped, and with timestamps (Ogg) also the padding of the last
 * packet.
 * @throws UndertoneError `audio-corrupt`
 * @see RFC 7845, section 5.1
 */
export async function openOpusDecoder(
  head: Uint8Array | undefined,
  wantedHz?: number,
): Promise<PacketDecoder> {
  const { preSkip, ...layout } = parseHead(head);
  const { OpusDecoder } = await import("opus-decoder");
  const sampleRate = sampleRates.find((rate) => rate === wantedHz) ?? countingRate;
  const decoder = new OpusDecoder({ ...layout, sampleRate });
  await decoder.ready;
  let skip = Math.round((preSkip * sampleRate) / countingRate);
  let emitted = 0;
  let origin: number | undefined;
  return {
    decode: (packets) => {
      const { channelData } = decoder.decodeFrames(packets.map((packet) => packet.data));
      const decodedLength = channelData[0]?.length ?? 0;
      const from = Math.min(skip, decodedLength);
      skip -= from;
      origin ??= packets[0]?.timestamp;
      const { timestamp = Infinity, duration = 0 } = packets.at(-1) ?? {};
      const end = Math.round((timestamp + duration - (origin ?? 0)) * sampleRate);
      const to = Math.min(decodedLength, from + Math.max(0, end - emitted));
      emitted += to - from;
      return { sampleRate, channels: channelData.map((channel) => channel.subarray(from, to)) };
    },
    free: () => decoder.free(),
  };
}

interface OpusLayout {
  readonly preSkip: number;
  readonly channels: number;
  readonly streamCount?: number;
  readonly coupledStreamCount?: number;
  readonly channelMappingTable?: number[];
}

function parseHead(head: Uint8Array | undefined): OpusLayout {
  if (!head || head.length < 19 || head[9] === 0) {
    throw new UndertoneError(
      "audio-corrupt",
      "The Opus stream has no valid identification header.",
    );
  }
  const channels = head[9]!;
  const preSkip = head[10]! | (head[11]! << 8);
  if (head[18] === 0) return { preSkip, channels: Math.min(channels, 2) };
  if (head.length < 21 + channels) {
    throw new UndertoneError("audio-corrupt", "The Opus stream's channel mapping is truncated.");
  }
  return {
    preSkip,
    channels,
    streamCount: head[19]!,
    coupledStreamCount: head[20]!,
    channelMappingTable: [...head.subarray(21, 21 + channels)],
  };
}
