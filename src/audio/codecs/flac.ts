import { BitReader } from "./bits.ts";
import type { CodecParameters, PacketDecoder } from "./codec.ts";
import { isWholeFlacFrame, readFlacFrameHeader, type FlacFrameHeader } from "./flac-frame.ts";
import { readStreamInfo, type FlacStreamInfo } from "./flac-info.ts";

/**
 * Opens a decoder of FLAC with samples of 4 to 32 bits; a packet is a frame. Full scale of the coded depth is 1.
 * @see RFC 9639
 */
export function openFlacDecoder({ setup, ...stream }: CodecParameters): PacketDecoder {
  const info = setup && readStreamInfo(setup);
  return {
    decode: (frame) => {
      const header = readFlacFrameHeader(frame, 0);
      if (!header) throw new Error("a FLAC frame has no valid header");
      if (!isWholeFlacFrame(frame)) throw new Error("a FLAC frame does not match its checksum");
      const { channels, bits } = decodeFrame(frame, header, info);
      const scale = 1 / 2 ** (bits - 1);
      return {
        sampleRate: header.sampleRate ?? stream.sampleRate,
        channels: channels.map((samples) => scaled(samples, scale)),
      };
    },
    free: () => undefined,
  };
}

function scaled(samples: Float64Array, scale: number): Float32Array {
  const full = new Float32Array(samples.length);
  for (let n = 0; n < samples.length; n++) full[n] = samples[n]! * scale;
  return full;
}

/** Returns the size of the frame at the start of the bytes; 0 where it is damaged. */
export function flacFrameBytes(bytes: Uint8Array, info: FlacStreamInfo): number {
  const header = readFlacFrameHeader(bytes, 0);
  if (!header) return 0;
  try {
    const { endBit } = decodeFrame(bytes, header, info);
    return Math.ceil(endBit / 8) + checksumBytes;
  } catch {
    return 0;
  }
}

const checksumBytes = 2;

interface DecodedFrame {
  readonly channels: Float64Array[];
  readonly bits: number;
  readonly endBit: number;
}

function decodeFrame(
  frame: Uint8Array,
  header: FlacFrameHeader,
  info: FlacStreamInfo | undefined,
): DecodedFrame {
  const bits = header.bitsPerSample ?? info?.bitsPerSample;
  if (!bits) throw new Error("a FLAC frame does not say its bits per sample");
  const { assignment, blockLength } = header;
  const reader = new BitReader(frame, 8 * header.sizeBytes);
  const channelCount = assignment < 8 ? assignment + 1 : 2;
  // The side channel needs one bit more.
  const sideAt = [undefined, 1, 0, 1][Math.max(0, assignment - 7)];
  const channels = Array.from({ length: channelCount }, (_, channel) =>
    decodeSubframe(reader, bits + (channel === sideAt ? 1 : 0), blockLength),
  );
  if (reader.isPastEnd) throw new Error("a FLAC frame is cut short");
  if (assignment >= 8) toLeftAndRight(assignment, channels[0]!, channels[1]!);
  return { channels, bits, endBit: reader.position };
}

function toLeftAndRight(assignment: number, a: Float64Array, b: Float64Array): void {
  for (let n = 0; n < a.length; n++) {
    const [first, second] = [a[n]!, b[n]!];
    if (assignment === 8) b[n] = first - second;
    else if (assignment === 9) a[n] = first + second;
    else {
      const twice = 2 * first + Math.abs(second % 2);
      a[n] = (twice + second) / 2;
      b[n] = (twice - second) / 2;
    }
  }
}

const fixedPredictors = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]] as const;

/** Returns the samples as whole numbers. */
function decodeSubframe(reader: BitReader, codedBits: number, length: number): Float64Array {
  const samples = new Float64Array(length);
  const head = reader.unsigned(8);
  const kind = (head >> 1) & 63;
  const wasted = head & 1 ? reader.unary() + 1 : 0;
  const bits = codedBits - wasted;
  if (head & 0x80 || bits < 1) throw new Error("a FLAC subframe is damaged");
  if (kind === 0) {
    samples.fill(reader.signed(bits));
  } else if (kind === 1) {
    for (let n = 0; n < length; n++) samples[n] = reader.signed(bits);
  } else if (kind >= 8 && kind <= 12) {
    decodePredicted(reader, samples, { bits, coefficients: fixedPredictors[kind - 8]! });
  } else if (kind >= 32) {
    decodePredicted(reader, samples, { bits, order: kind - 31 });
  } else {
    throw new Error(`a FLAC subframe is of unknown kind ${kind}`);
  }
  if (wasted > 0) for (let n = 0; n < length; n++) samples[n]! *= 2 ** wasted;
  return samples;
}

type Predictor = { readonly bits: number } & (
  | { readonly coefficients: readonly number[] }
  | { readonly order: number }
);

function decodePredicted(reader: BitReader, samples: Float64Array, predictor: Predictor): void {
  const order = "order" in predictor ? predictor.order : predictor.coefficients.length;
  if (order > samples.length) throw new Error("a FLAC subframe is shorter than its predictor");
  for (let n = 0; n < order; n++) samples[n] = reader.signed(predictor.bits);
  let coefficients = "order" in predictor ? [] : predictor.coefficients;
  let shift = 0;
  if ("order" in predictor) {
    const precision = reader.unsigned(4) + 1;
    shift = reader.signed(5);
    if (precision === 16 || shift < 0) throw new Error("a FLAC predictor is damaged");
    coefficients = Array.from({ length: order }, () => reader.signed(precision));
  }
  decodeResidual(reader, samples, order);
  const scale = 1 / 2 ** shift;
  for (let n = order; n < samples.length; n++) {
    let sum = 0;
    // Exact: products of 33 and 15 bits, 32 of them, fit into the 53 bits of a number.
    for (let i = 0; i < order; i++) sum += coefficients[i]! * samples[n - 1 - i]!;
    samples[n]! += Math.floor(sum * scale);
  }
}

function decodeResidual(reader: BitReader, samples: Float64Array, order: number): void {
  const method = reader.unsigned(2);
  if (method > 1) throw new Error("a FLAC residual is of unknown kind");
  const parameterBits = method === 0 ? 4 : 5;
  const escape = 2 ** parameterBits - 1;
  const partitions = 2 ** reader.unsigned(4);
  const partitionLength = Math.floor(samples.length / partitions);
  let n = order;
  for (let partition = 0; partition < partitions; partition++) {
    const end = (partition + 1) * partitionLength;
    const parameter = reader.unsigned(parameterBits);
    if (parameter === escape) {
      const bits = reader.unsigned(5);
      for (; n < end; n++) samples[n] = bits === 0 ? 0 : reader.signed(bits);
    } else {
      for (; n < end; n++) {
        const folded = reader.rice(parameter);
        samples[n] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      }
    }
    if (reader.isPastEnd) throw new Error("a FLAC frame is cut short");
  }
}
