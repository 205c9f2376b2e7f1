import { buffered, type ByteSource } from "../source.ts";
import type { PacketGroup } from "./container.ts";
import type { SampleEntry } from "./mp4-entry.ts";
import { bodyAt } from "./mp4-boxes.ts";
import { view } from "./read.ts";

/** Rows of numbers, which are read when they are asked for. */
interface Table {
  readonly length: number;
  at(row: number, column: number): number;
}

/** Where samples lie in the file, and when they are. */
export interface SampleTable {
  readonly chunkCount: number;
  chunkOffset(chunk: number): number;
  /** First chunk, from 1, and samples in each chunk from there on. */
  readonly runs: Table;
  readonly sampleCount: number;
  sampleSize(sample: number): number;
  /** Samples and the duration of each, in the track's time. */
  readonly durations: Table;
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
    runs: tableOf(stsc, 3),
    sampleCount: Math.min(sampleCount, sizes.getUint32(8)),
    sampleSize: (sample) => uniform || sizes.getUint32(12 + 4 * sample),
    durations: tableOf(stts, 2),
  };
}

/** A table behind its version and count. */
function tableOf(body: Uint8Array, width: number): Table {
  const data = view(body);
  return {
    length: Math.max(0, Math.floor((body.length - 8) / (4 * width))),
    at: (row, column) => data.getUint32(8 + 4 * (row * width + column)),
  };
}

/** Seconds of all samples. */
export function tableSec({ durations }: SampleTable, timescale: number): number {
  let sum = 0;
  for (let row = 0; row < durations.length; row++) {
    sum += durations.at(row, 0) * durations.at(row, 1);
  }
  return sum / timescale;
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
    while (run + 1 < table.runs.length && table.runs.at(run + 1, 0) <= chunk + 1) run++;
    const perChunk = table.runs.length > 0 ? table.runs.at(run, 1) : 0;
    const inChunk = Math.min(perChunk, table.sampleCount - sample);
    let at = table.chunkOffset(chunk);
    if (entry.layout) {
      const { blockLength, blockBytes } = entry.layout;
      const end = Math.min(at + Math.floor(inChunk / blockLength) * blockBytes, source.size);
      const step = Math.max(1, Math.floor(windowBytes / blockBytes)) * blockBytes;
      let startSec: number | undefined = clock.next(inChunk) / timescale;
      for (; at < end; at += step) {
        const bytes = await file.read(at, Math.min(at + step, end));
        yield { packets: split(bytes, entry), startSec };
        startSec = undefined;
      }
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
        const [count, duration] = [durations.at(row, 0), durations.at(row, 1)];
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
