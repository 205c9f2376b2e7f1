import type { CodecParameters, PacketDecoder } from "./codec.ts";

const coefficients = [
  [256, 0],
  [512, -256],
  [0, 0],
  [192, 64],
  [240, 0],
  [460, -208],
  [392, -232],
] as const;
const adaptation = [
  230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230,
] as const;
const headBytes = 7;

/**
 * Opens a decoder of Microsoft ADPCM; a packet is a block.
 * @see Microsoft, New Multimedia Data Types and Data Techniques, 1994
 */
export function openMsAdpcmDecoder({
  sampleRate,
  channels: count,
}: CodecParameters): PacketDecoder {
  return {
    decode: (block) => {
      const data = new DataView(block.buffer, block.byteOffset, block.byteLength);
      const body = block.subarray(headBytes * count);
      const length = 2 + Math.floor((2 * body.length) / count);
      const channels = Array.from({ length: count }, (_, channel) => {
        const pair = coefficients[block[channel]!];
        if (!pair) throw new Error(`a predictor of ${block[channel]} in a block of MS ADPCM`);
        const at = (row: number): number =>
          data.getInt16(count + 2 * (row * count + channel), true);
        let [delta, last, beforeLast] = [at(0), at(1), at(2)];
        const samples = new Float32Array(length);
        samples[0] = beforeLast / 0x8000;
        samples[1] = last / 0x8000;
        for (let n = 2; n < length; n++) {
          const nibble = (n - 2) * count + channel;
          const code = nibble % 2 === 0 ? body[nibble >> 1]! >> 4 : body[nibble >> 1]! & 15;
          const predicted = Math.trunc((last * pair[0] + beforeLast * pair[1]) / 256);
          const sample = predicted + (code < 8 ? code : code - 16) * delta;
          beforeLast = last;
          last = Math.max(-32_768, Math.min(32_767, sample));
          delta = Math.max(16, (adaptation[code]! * delta) >> 8);
          samples[n] = last / 0x8000;
        }
        return samples;
      });
      return { sampleRate, channels };
    },
    free: () => undefined,
  };
}
