import type * as aacPackage from "@audio/decode-aac";
import { UndertoneError } from "../../shared/errors.ts";
import { aacSampleRates } from "./aac-config.ts";
import type { CodecParameters, PacketDecoder } from "./codec.ts";
import { quietly } from "./quiet.ts";

/** Samples by which spectral band replication delays its output. */
const replicationDelay = 962;

/**
 * Opens an AAC decoder, also of HE-AAC; `setup` is the AudioSpecificConfig. The first packet gives nothing.
 * @throws UndertoneError `audio-unsupported` where the optional package is missing, `audio-corrupt`
 */
export async function openAacDecoder(parameters: CodecParameters): Promise<PacketDecoder> {
  const { setup } = parameters;
  if (!setup || setup.length < 2) {
    throw new UndertoneError("audio-corrupt", "The AAC stream has no AudioSpecificConfig.");
  }
  const decoder = await openRaw({ asc: setup }, parameters);
  const coreRate = aacSampleRates[((setup[0]! & 7) << 1) | (setup[1]! >> 7)] ?? 0;
  return {
    ...decoder,
    // By the rate that the first packet shows, twice the core's.
    get delaySec() {
      const { sampleRate } = decoder;
      return sampleRate > 1.5 * coreRate && coreRate > 0 ? replicationDelay / sampleRate : 0;
    },
  };
}

/** Writers use 4096 samples a frame. */
const mostAlacSamples = 1 << 16;

/** Opens a decoder of Apple Lossless; `setup` is its cookie. @throws UndertoneError as `openAacDecoder` */
export async function openAlacDecoder(parameters: CodecParameters): Promise<PacketDecoder> {
  const { setup } = parameters;
  if (!setup || setup.length < 24) {
    throw new UndertoneError("audio-corrupt", "The ALAC stream has no decoder configuration.");
  }
  const frameLength = new DataView(setup.buffer, setup.byteOffset).getUint32(0);
  if (frameLength > mostAlacSamples) {
    throw new UndertoneError("audio-corrupt", "The ALAC stream's configuration is damaged.");
  }
  return openRaw({ alac: setup }, parameters);
}

async function openRaw(
  options: aacPackage.RawOptions,
  { channels }: CodecParameters,
): Promise<PacketDecoder & { readonly sampleRate: number }> {
  const { decoder: open } = await loadPackage();
  let decoder: Awaited<ReturnType<typeof open>>;
  try {
    decoder = await open(options);
  } catch (cause) {
    const problem = "The AAC stream's configuration is damaged.";
    throw new UndertoneError("audio-corrupt", problem, { cause });
  }
  let sampleRate = 0;
  return {
    get sampleRate() {
      return sampleRate;
    },
    decode: (packet) => {
      const { result } = quietly(() => decoder.decode([packet]));
      if ("errors" in result && Number(result.errors) > 0) {
        throw new Error("an AAC packet is damaged");
      }
      if (result.sampleRate > 0) sampleRate = result.sampleRate;
      // Mono may come as two equal channels, for parametric stereo.
      const isDoubled = channels === 1 && areEqual(result.channelData);
      return {
        sampleRate,
        channels: isDoubled ? result.channelData.slice(0, 1) : result.channelData,
      };
    },
    free: () => decoder.free(),
  };
}

function areEqual([left, right]: readonly Float32Array[]): boolean {
  return right !== undefined && left!.every((sample, n) => sample === right[n]);
}

/** FAAD2 is under the GPL, so its package is no dependency: whoever wants it installs it. */
async function loadPackage(): Promise<typeof aacPackage> {
  try {
    return await import("@audio/decode-aac");
  } catch (cause) {
    throw new UndertoneError(
      "audio-unsupported",
      "AAC and ALAC are decoded by a package under the GPL 2.0, which is so not part of undertone. Convert the file, such as to FLAC, or in Node: npm install @audio/decode-aac@1.6.0",
      { cause },
    );
  }
}
