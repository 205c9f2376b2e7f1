import { UndertoneError } from "../../shared/errors.ts";
import type { CodecParameters, PacketDecoder, PcmFormat } from "./codec.ts";

/**
 * Opens a decoder of PCM of every kind, A-law and µ-law; full scale is 1. A packet holds whole frames, of each channel a
 * sample.
 * @throws UndertoneError `audio-unsupported` for samples of another size
 * @see ITU-T G.711
 */
export function openPcmDecoder(parameters: CodecParameters): PacketDecoder {
  const { sampleRate, channels: channelCount } = parameters;
  const bytesPerSample = parameters.pcm?.bytesPerSample ?? 1;
  const frameBytes = bytesPerSample * channelCount;
  const reader = readerOf(parameters);
  const { kind, isBigEndian } = parameters.pcm ?? {};
  const isCommon = kind === "signed" && bytesPerSample === 2 && !isBigEndian;
  return {
    decode: (packet) => {
      if (isCommon) return { sampleRate, channels: shorts(packet, channelCount) };
      const data = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
      const length = Math.floor(packet.length / frameBytes);
      const read = reader(data);
      const channels = Array.from({ length: channelCount }, (_, channel) => {
        const samples = new Float32Array(length);
        let at = channel * bytesPerSample;
        for (let n = 0; n < length; n++, at += frameBytes) samples[n] = read(at);
        return samples;
      });
      return { sampleRate, channels };
    },
    free: () => undefined,
  };
}

/** Returns the channels of 16-bit samples, which most files have: an array is read many times faster than a view. */
function shorts(packet: Uint8Array, channelCount: number): Float32Array[] {
  const length = Math.floor(packet.length / 2 / channelCount);
  const aligned = packet.byteOffset % 2 === 0 ? packet : packet.slice();
  const values = new Int16Array(aligned.buffer, aligned.byteOffset, length * channelCount);
  return Array.from({ length: channelCount }, (_, channel) => {
    const samples = new Float32Array(length);
    for (let n = 0, at = channel; n < length; n++, at += channelCount) {
      samples[n] = values[at]! / 0x8000;
    }
    return samples;
  });
}

/** Returns a function from a byte offset to the sample there. */
type Reader = (data: DataView) => (at: number) => number;

function readerOf({ codec, pcm }: CodecParameters): Reader {
  if (codec === "a-law") return (data) => (at) => aLaw[data.getUint8(at)]!;
  if (codec === "mu-law") return (data) => (at) => muLaw[data.getUint8(at)]!;
  const reader = pcm && pcmReader(pcm);
  if (reader) return reader;
  throw new UndertoneError(
    "audio-unsupported",
    `PCM of ${(pcm?.bytesPerSample ?? 0) * 8} bits (${pcm?.kind}) is not decoded. Convert it: ffmpeg -i IN out.wav`,
  );
}

function pcmReader({ kind, bytesPerSample, isBigEndian }: PcmFormat): Reader | undefined {
  const little = !isBigEndian;
  if (kind === "float") {
    if (bytesPerSample === 4) return (data) => (at) => data.getFloat32(at, little);
    return bytesPerSample === 8 ? (data) => (at) => data.getFloat64(at, little) : undefined;
  }
  const signed = signedReader(bytesPerSample, little);
  if (kind === "signed" || !signed) return signed;
  // The highest bit is inverted: half the scale lower or higher.
  return (data) => {
    const read = signed(data);
    return (at) => {
      const value = read(at);
      return value < 0 ? value + 1 : value - 1;
    };
  };
}

function signedReader(bytesPerSample: number, little: boolean): Reader | undefined {
  switch (bytesPerSample) {
    case 1:
      return (data) => (at) => data.getInt8(at) / 0x80;
    case 2:
      return (data) => (at) => data.getInt16(at, little) / 0x8000;
    case 3:
      return little
        ? (data) => (at) => (data.getInt8(at + 2) * 65_536 + data.getUint16(at, true)) / 0x800000
        : (data) => (at) => (data.getInt8(at) * 65_536 + data.getUint16(at + 1)) / 0x800000;
    case 4:
      return (data) => (at) => data.getInt32(at, little) / 0x80000000;
    case 8:
      return (data) => (at) => Number(data.getBigInt64(at, little)) / 2 ** 63;
    default:
      return undefined;
  }
}

const aLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 0x8000;
});

const muLaw = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 15) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 0x8000;
});
