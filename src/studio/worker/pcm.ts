import { encodeWav } from "../../audio/wav.ts";

const headerBytes = 44;

/** Mono sound in memory. */
export interface Mono {
  readonly samples: Float32Array;
  /** Hz */
  readonly sampleRate: number;
}

/** Sound in 16 bits as a WAV file that grows; the browser keeps its parts where it has place. */
export class WavWriter {
  readonly #sampleRate: number;
  readonly #channels: number;
  readonly #parts: Blob[] = [];
  #length = 0;

  /** @param sampleRate Hz */
  constructor(sampleRate: number, channels = 1) {
    this.#sampleRate = sampleRate;
    this.#channels = channels;
  }

  /** Adds samples of one channel, or of each channel [channel][sample]. */
  push(samples: Float32Array | readonly Float32Array[]): void {
    const bytes = Uint8Array.from(encodeWav(samples, this.#sampleRate).subarray(headerBytes));
    this.#parts.push(new Blob([bytes]));
    this.#length += bytes.length / (2 * this.#channels);
  }

  get durationSec(): number {
    return this.#length / this.#sampleRate;
  }

  finish(): Blob {
    const empty = Array.from({ length: this.#channels }, () => new Float32Array());
    const header = new Uint8Array(encodeWav(empty, this.#sampleRate));
    const view = new DataView(header.buffer);
    const dataBytes = 2 * this.#channels * this.#length;
    view.setUint32(4, headerBytes - 8 + dataBytes, true);
    view.setUint32(40, dataBytes, true);
    return new Blob([header, ...this.#parts], { type: "audio/wav" });
  }
}

/** Resolves to the samples from `startSec` to `endSec` of what a `WavWriter` wrote; zeros beyond its ends. */
export async function readWav(
  wav: Blob,
  { startSec, endSec, sampleRate }: { startSec: number; endSec: number; sampleRate: number },
): Promise<Mono> {
  const first = Math.round(startSec * sampleRate);
  const length = Math.round((endSec - startSec) * sampleRate);
  const from = Math.max(0, first);
  const slice = wav.slice(headerBytes + 2 * from, headerBytes + 2 * Math.max(0, first + length));
  const pcm = new Int16Array(await slice.arrayBuffer());
  const samples = new Float32Array(length);
  for (const [n, value] of pcm.entries()) samples[from - first + n] = value / 2 ** 15;
  return { samples, sampleRate };
}
