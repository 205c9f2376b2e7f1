import type { EncodedPacket, InputAudioTrack } from "mediabunny";
import { throwIfCancelled } from "../../shared/errors.ts";
import type { DecodingContext } from "../blocks.ts";
import type { CodecParameters } from "../codecs/codec.ts";
import type { ByteSource } from "../source.ts";
import { readAdtsHeader } from "./adts.ts";
import type { AudioTrack, OpenContainer, PacketGroup } from "./container.ts";

/** Opens an MPEG transport stream, as cameras and broadcasts have it; mediabunny unwraps it. */
export const openMpegTs: OpenContainer = async (source, _start, context) => {
  const mediabunny = await import("mediabunny");
  const { CustomSource, EncodedPacketSink, Input, Logging, LogLevel, MPEG_TS } = mediabunny;
  Logging.level = LogLevel.Silent;
  const input = new Input({
    formats: [MPEG_TS],
    source: new CustomSource(reader(source, context)),
  });
  const tracks = await input.getAudioTracks();
  const originSec = await input.getFirstTimestamp();
  const opened: AudioTrack[] = [];
  for (const track of tracks) {
    const sink = new EncodedPacketSink(track);
    const first = await sink.getFirstPacket();
    const codec = first ? await codecOf(track, first) : "an empty track";
    const label = await track.getLanguageCode();
    opened.push({
      codec,
      label: label === "und" ? undefined : label,
      packets: () => packetsOf(sink.packets(), originSec),
    });
  }
  return opened;
};

const reader = (source: ByteSource, { signal }: DecodingContext) => ({
  getSize: () => source.size,
  read: (start: number, end: number) => {
    throwIfCancelled(signal);
    return source.read(start, end);
  },
});

async function codecOf(
  track: InputAudioTrack,
  first: EncodedPacket,
): Promise<CodecParameters | string> {
  const codec = await track.getCodec();
  const sampleRate = await track.getSampleRate();
  const common = { sampleRate, channels: await track.getNumberOfChannels() };
  if (codec === "mp3") return { codec, ...common };
  if (codec === "aac") return readAdtsHeader(first.data)?.codec ?? "AAC without ADTS";
  return codec?.toUpperCase() ?? "an unknown codec";
}

async function* packetsOf(
  packets: AsyncIterable<EncodedPacket>,
  originSec: number,
): AsyncGenerator<PacketGroup> {
  for await (const { data, timestamp } of packets) {
    const adts = readAdtsHeader(data);
    yield {
      packets: [adts ? data.subarray(adts.headBytes, adts.sizeBytes) : data],
      startSec: timestamp - originSec,
    };
  }
}
