/** What the four bytes before each frame of MPEG audio say. */
export interface MpegHeader {
  readonly sizeBytes: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly length: number;
  readonly layer: "I" | "II" | "III";
  /** Halvings of the sample rate: 0 for MPEG 1, 1 for MPEG 2, 2 for MPEG 2.5. */
  readonly halvings: number;
}

/** kbit/s by the four bits in the header, for layers I, II and III. */
const bitRates = {
  mpeg1: {
    I: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    II: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    III: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  },
  mpeg2: {
    I: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    II: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    III: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  },
};

/** Returns the header of the MPEG audio frame at `at`; `undefined` where none starts. */
export function readMpegHeader(bytes: Uint8Array, at = 0): MpegHeader | undefined {
  const [sync, kind, rates, mode] = bytes.subarray(at, at + 4);
  if (sync !== 0xff || kind === undefined || kind < 0xe0 || mode === undefined) return undefined;
  const halvings = [2, undefined, 1, 0][(kind >> 3) & 3];
  const layer = ([undefined, "III", "II", "I"] as const)[(kind >> 1) & 3];
  const baseRate = [44_100, 48_000, 32_000][(rates! >> 2) & 3];
  if (halvings === undefined || layer === undefined || baseRate === undefined) return undefined;
  const bitRate = bitRates[halvings === 0 ? "mpeg1" : "mpeg2"][layer][rates! >> 4];
  if (!bitRate) return undefined;
  const sampleRate = baseRate / 2 ** halvings;
  const padding = (rates! >> 1) & 1;
  const channels = mode >> 6 === 3 ? 1 : 2;
  const common = { sampleRate, channels, layer, halvings };
  if (layer === "I") {
    const sizeBytes = (Math.floor((12_000 * bitRate) / sampleRate) + padding) * 4;
    return { ...common, sizeBytes, length: 384 };
  }
  const length = layer === "III" && halvings > 0 ? 576 : 1152;
  const sizeBytes = Math.floor((length * 125 * bitRate) / sampleRate) + padding;
  return { ...common, sizeBytes, length };
}
