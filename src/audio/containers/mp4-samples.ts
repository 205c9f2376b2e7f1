import { buffered, type ByteSource } from "../source.ts";
import type { PacketGroup } from "./container.ts";
import type { SampleEntry } from "./mp4-entry.ts";
import { bodyAt } from "./mp4-boxes.ts";
import { view } from "./read.ts";

/** Where samples lie in the file, and when they are. */
export interface SampleTable {
  readonly chunkCount: number;
  chunkOffset(chunk: number): number;
  /** First chunk, from 1, and samples in each chunk from there on. */
  readonly runs: readonly { readonly firstChunk: number; readonly samples: number }[];
  readonly sampleCount: number;
  sampleSize(sample: number): number;
  /** Samples and the duration of each, in the track's time. */
  readonly durations: readonly { readonly count: number; readonly duration: number }[];
}

/** Returns the tables of an `stbl` box; `undefined` where one is missing. @see ISO/IEC 14496-12, section 8.6 to 8.7 */
export function sampleTable(stbl: Uint8Array): SampleTable | undefined {
  const [stsz, stsc, stts] = ["stsz", "stsc", "stts"].map((type) => bodyAt(stbl, type));
  const [short, long] = [bodyAt(stbl, "stco"), bodyAt(stbl, "co64")];
  const offsets = short ?? long;
  if (!stsz || !stsc || !stts || !offsets || stsz.length < 12) return undefined;
  const offsetBytes = short ? 4 : 8;
  const sizes = view(stsz);
  const uniform = sizes.getUint32(4);
  const sampleCount = uniform > 0 ? sizes.getUint32(8) : Math.floor((stsz.length - 12) / 4);
  return {
    chunkCount: Math.floor((offsets.length - 8) / offsetBytes),
    chunkOffset: (chunk) => {
      const at = 8 + chunk * offsetBytes;
      return short ? view(offsets).getUint32(at) : Number(view(offsets).getBigUint64(at));
    },
    runs: rows(stsc, 3).map(([firstChunk, samples]) => ({
      firstChunk: firstChunk!,
      samples: samples!,
    })),
    sampleCount: Math.min(sampleCount, sizes.getUint32(8)),
    sampleSize: (sample) => uniform || sizes.getUint32(12 + 4 * sample),
    durations: rows(stts, 2).map(([count, duration]) => ({ count: count!, duration: duration! })),
  };
}

/** The rows of a table behind its version and count. */
function rows(body: Uint8Array, width: number): number[][] {
  const count = Math.floor((body.length - 8) / (4 * width));
  const data = view(body);
  return Array.from({ length: Math.max(0, count) }, (_, row) =>
    Array.from({ length: width }, (_cell, column) =>
      data.getUint32(8 + 4 * (row * width + column)),
    ),
  );
}

/** Seconds of all samples. */
export function tableSec({ durations }: SampleTable, timescale: number): number {
  return durations.reduce((sum, { count, duration }) => sum + count * duration, 0) / timescale;
}

interface Track {
  readonly table: SampleTable;
  readonly entry: SampleEntry;
  readonly timescale: number;
}

const windowBytes = 1 << 17;

/** @yields the samples of a track with their times: each as a packet, or the chunks of PCM and ADPCM */
export async function* tableSamples(
  source: ByteSource,
  { table, entry, timescale }: Track,
): AsyncGenerator<PacketGroup> {
  const file = buffered(source, windowBytes);
  const clock = sampleClock(table);
  let sample = 0;
  let run = 0;
  for (let chunk = 0; chunk < table.chunkCount && sample < table.sampleCount; chunk++) {
    while (table.runs[run + 1] && table.runs[run + 1]!.firstChunk <= chunk + 1) run++;
    const inChunk = Math.min(table.runs[run]?.samples ?? 0, table.sampleCount - sample);
    let at = table.chunkOffset(chunk);
    if (entry.layout) {
      const { blockLength, blockBytes } = entry.layout;
      const size = Math.floor(inChunk / blockLength) * blockBytes;
      const bytes = await file.read(at, at + size);
      const startSec = clock.next(inChunk) / timescale;
      if (bytes.length > 0) yield { packets: split(bytes, entry), startSec };
      sample += inChunk;
      continue;
    }
    for (let n = 0; n < inChunk; n++, sample++) {
      const size = table.sampleSize(sample);
      const startSec = clock.next(1) / timescale;
      if (at >= source.size) return;
      yield { packets: [(await file.read(at, at + size)).slice()], startSec };
      at += size;
    }
  }
}

/** A block of ADPCM is a packet; PCM is one packet. */
function split(bytes: Uint8Array, { layout }: SampleEntry): Uint8Array[] {
  if (!layout || layout.blockLength === 1) return [bytes.slice()];
  const { blockBytes } = layout;
  return Array.from({ length: Math.ceil(bytes.length / blockBytes) }, (_, n) =>
    bytes.slice(n * blockBytes, (n + 1) * blockBytes),
  );
}

/** Returns the start of the next samples, one after another. */
function sampleClock({ durations }: SampleTable): { next(samples: number): number } {
  let time = 0;
  let row = 0;
  let used = 0;
  return {
    next: (samples) => {
      const start = time;
      for (let left = samples; left > 0 && row < durations.length;) {
        const { count, duration } = durations[row]!;
        const taken = Math.min(left, count - used);
        time += taken * duration;
        used += taken;
        left -= taken;
        if (used >= count) {
          row++;
          used = 0;
        }
      }
      return start;
    },
  };
}
