import type { CodecParameters, PacketDecoder } from "./codec.ts";

/** From 7 to 32767, each a tenth more than the one before. */
const stepSizes = Int32Array.from(
  (
    "7 8 9 10 11 12 13 14 16 17 19 21 23 25 28 31 34 37 41 45 50 55 60 66 73 80 88 97 107 118 130 143 157 173 190 209 " +
    "230 253 279 307 337 371 408 449 494 544 598 658 724 796 876 963 1060 1166 1282 1411 1552 1707 1878 2066 2272 2499 " +
    "2749 3024 3327 3660 4026 4428 4871 5358 5894 6484 7132 7845 8630 9493 10442 11487 12635 13899 15289 16818 18500 " +
    "20350 22385 24623 27086 29794 32767"
  ).split(" "),
  Number,
);
const indexChanges = [-1, -1, -1, -1, 2, 4, 6, 8];

/** The state of one channel. */
interface Channel {
  predictor: number;
  index: number;
}

function nextSample(channel: Channel, code: number): number {
  const step = stepSizes[channel.index]!;
  let difference = step >> 3;
  if (code & 4) difference += step;
  if (code & 2) difference += step >> 1;
  if (code & 1) difference += step >> 2;
  const predictor = channel.predictor + (code & 8 ? -difference : difference);
  channel.predictor = Math.max(-32_768, Math.min(32_767, predictor));
  channel.index = Math.max(0, Math.min(88, channel.index + indexChanges[code & 7]!));
  return channel.predictor / 0x8000;
}

/**
 * Opens a decoder of the IMA ADPCM of WAV files; a packet is a block.
 * @see IMA, Recommended Practices for Enhancing Digital Audio Compatibility, 1992
 */
export function openImaDecoder({ sampleRate, channels: count }: CodecParameters): PacketDecoder {
  return {
    decode: (block) => {
      const data = new DataView(block.buffer, block.byteOffset, block.byteLength);
      const headBytes = 4 * count;
      const groups = Math.max(0, Math.floor((block.length - headBytes) / headBytes));
      const channels = Array.from({ length: count }, (_, channel) => {
        const state = {
          predictor: data.getInt16(4 * channel, true),
          index: checkedIndex(data.getUint8(4 * channel + 2)),
        };
        const samples = new Float32Array(1 + 8 * groups);
        samples[0] = state.predictor / 0x8000;
        for (let group = 0, n = 1; group < groups; group++) {
          const at = headBytes * (group + 1) + 4 * channel;
          for (let byte = 0; byte < 4; byte++) {
            const pair = block[at + byte]!;
            samples[n++] = nextSample(state, pair & 15);
            samples[n++] = nextSample(state, pair >> 4);
          }
        }
        return samples;
      });
      return { sampleRate, channels };
    },
    free: () => undefined,
  };
}

const qtBlockBytes = 34;

/**
 * Opens a decoder of the IMA ADPCM of QuickTime, AIFF-C and CAF: of each channel a block of 34 bytes with 64 samples, whose
 * header has the predictor's upper bits; the lower ones come from the block before.
 */
export function openQuickTimeImaDecoder(parameters: CodecParameters): PacketDecoder {
  const { sampleRate, channels: count } = parameters;
  const states = Array.from({ length: count }, () => ({ predictor: 0, index: 0 }));
  return {
    decode: (packet) => {
      const rounds = Math.floor(packet.length / (qtBlockBytes * count));
      const channels = states.map((state, channel) => {
        const samples = new Float32Array(64 * rounds);
        for (let round = 0, n = 0; round < rounds; round++) {
          const at = (round * count + channel) * qtBlockBytes;
          const head = (packet[at]! << 8) | packet[at + 1]!;
          const predictor = ((head & 0xff80) << 16) >> 16;
          const index = checkedIndex(head & 0x7f);
          if (index !== state.index || Math.abs(predictor - state.predictor) > 0x7f) {
            Object.assign(state, { predictor, index });
          }
          for (let byte = 2; byte < qtBlockBytes; byte++) {
            const pair = packet[at + byte]!;
            samples[n++] = nextSample(state, pair & 15);
            samples[n++] = nextSample(state, pair >> 4);
          }
        }
        return samples;
      });
      return { sampleRate, channels };
    },
    free: () => undefined,
  };
}

function checkedIndex(index: number): number {
  if (index < stepSizes.length) return index;
  throw new Error(`a step index of ${index} in a block of IMA ADPCM`);
}
