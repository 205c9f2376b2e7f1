import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import { openAacDecoder } from "./aac.ts";
import type { AudioBlock, DecodingContext } from "./blocks.ts";
import { openOpusDecoder } from "./opus.ts";
import type { PacketDecoder } from "./packets.ts";
import type { ByteSource } from "./source.ts";
import type { EncodedPacket, Input, InputAudioTrack } from "mediabunny";

/** Containers that mediabunny demultiplexes, by ranges. */
export type ContainerFormat = "ogg-opus" | "mp4";

const packetsPerBatch = 64;
/** More than any codec's delay. */
const toleratedSec = 0.2;

/**
 * Decodes the first audio track of an Ogg or MP4 file without the encoder's delay and padding, by Opus' pre-skip and last
 * granule position or MP4's edit list.
 * @yields decoded batches of packets
 * @throws UndertoneError `audio-unsupported` when it has no track with Opus or AAC
 */
export async function* decodeContainer(
  source: ByteSource,
  format: ContainerFormat,
  context: DecodingContext,
): AsyncGenerator<AudioBlock> {
  const { CustomSource, EncodedPacketSink, MP4, OGG, QTFF, ...mediabunny } =
    await import("mediabunny");
  const input = new mediabunny.Input({
    formats: format === "mp4" ? [MP4, QTFF] : [OGG],
    source: new CustomSource({
      getSize: () => source.size,
      read: (start, end) => {
        throwIfCancelled(context.signal);
        return source.read(start, end);
      },
      prefetchProfile: "fileSystem",
    }),
  });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (!track) throw await noTrack(input);
    const decoder = await openDecoder(track, format, context);
    let decodedSec = 0;
    const decode = (packets: readonly EncodedPacket[]): AudioBlock => {
      const block = decoder.decode(packets);
      decodedSec += (block.channels[0]?.length ?? 0) / (block.sampleRate || 1);
      return block;
    };
    try {
      let batch: EncodedPacket[] = [];
      for await (const packet of new EncodedPacketSink(track).packets()) {
        batch.push(packet);
        if (batch.length < packetsPerBatch) continue;
        yield decode(batch);
        batch = [];
      }
      if (batch.length > 0) yield decode(batch);
      const expectedSec = await track.computeDuration();
      if (decodedSec < expectedSec - toleratedSec) {
        context.warn(
          `The file declares ${expectedSec.toFixed(2)} s of audio, but has ${decodedSec.toFixed(2)} s: it may be truncated.`,
        );
      }
    } finally {
      decoder.free();
    }
  } finally {
    input.dispose();
  }
}

async function noTrack(input: Input): Promise<UndertoneError> {
  return (await input.getTracks()).length > 0
    ? new UndertoneError("audio-unsupported", "The file has no audio track.")
    : new UndertoneError(
        "audio-corrupt",
        "The file's index is missing or damaged, as in a recording that was interrupted. It cannot be decoded without it.",
      );
}

async function openDecoder(
  track: InputAudioTrack,
  format: ContainerFormat,
  { wantedHz }: DecodingContext,
): Promise<PacketDecoder> {
  const description = (await track.getDecoderConfig())?.description;
  const setup = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : undefined;
  const codec = await track.getCodec();
  if (codec === "opus") return openOpusDecoder(setup, wantedHz);
  if (codec === "aac" && setup) {
    const start = Math.max(0, -(await track.getFirstTimestamp()));
    return openAacDecoder(setup, { start, duration: await track.computeDuration() });
  }
  throw new UndertoneError(
    "audio-unsupported",
    `The audio in this ${format} file is encoded as ${codec ?? "an unknown codec"}. Supported here are AAC and Opus. Convert it: ffmpeg -i IN out.wav`,
  );
}
