import type { PacketDecoder } from "./codec.ts";
import { readMpegHeader } from "./mpeg-header.ts";
import { quietly } from "./quiet.ts";

/** Longer than any frame of MPEG audio. */
const mostFrameBytes = 5000;

/** Opens a decoder of MPEG audio, layers I to III; a packet is a frame. */
export async function openMp3Decoder(): Promise<PacketDecoder> {
  const { MPEGDecoder } = await import("mpg123-decoder");
  const decoder = new MPEGDecoder({ enableGapless: false });
  await decoder.ready;
  return {
    decode: (frame) => {
      const header = readMpegHeader(frame);
      if (!header || frame.length < header.sizeBytes) throw new Error("an MP3 frame is cut short");
      const { result } = quietly(() => decoder.decodeFrame(frame.subarray(0, mostFrameBytes)));
      if (result.errors.length > 0) throw new Error(result.errors[0]!.message);
      const { channelData, sampleRate, samplesDecoded } = result;
      if (samplesDecoded > 0 && sampleRate !== header.sampleRate) {
        throw new Error("the MP3 decoder lost the stream");
      }
      // The decoder gives a mono stream as two equal channels.
      return {
        sampleRate,
        channels: header.channels === 1 ? channelData.slice(0, 1) : channelData,
      };
    },
    free: () => decoder.free(),
  };
}
