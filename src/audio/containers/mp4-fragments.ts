import { cutShort, type DecodingContext } from "../blocks.ts";
import { buffered, type ByteSource } from "../source.ts";
import type { PacketGroup } from "./container.ts";
import { boxesIn, fileBoxes, bodyAt, type FileBox } from "./mp4-boxes.ts";
import { view } from "./read.ts";

/** What the samples of fragments are like where these do not say it. */
export interface FragmentDefaults {
  readonly duration: number;
  readonly size: number;
}

/** Returns the defaults of a track, by its `trex` box. */
export function fragmentDefaults(moov: Uint8Array, trackId: number): FragmentDefaults {
  const boxes = boxesIn(bodyAt(moov, "mvex") ?? new Uint8Array());
  for (const { type, body } of boxes) {
    if (type !== "trex" || body.length < 24 || view(body).getUint32(4) !== trackId) continue;
    return { duration: view(body).getUint32(12), size: view(body).getUint32(16) };
  }
  return { duration: 0, size: 0 };
}

interface Track {
  readonly id: number;
  readonly timescale: number;
  readonly defaults: FragmentDefaults;
}

const mostMoofBytes = 1 << 24;
const windowBytes = 1 << 17;

/**
 * Reads the samples of a track in movie fragments.
 * @yields each as a packet with its time
 * @see ISO/IEC 14496-12, section 8.8
 */
export async function* fragmentSamples(
  source: ByteSource,
  start: number,
  track: Track & { readonly context: DecodingContext },
): AsyncGenerator<PacketGroup> {
  const file = buffered(source, windowBytes);
  let time = 0;
  for await (const box of fileBoxes(source, start)) {
    for (const run of await runsOf(source, box, track)) {
      time = run.time ?? time;
      let at = run.at;
      for (const { size, duration } of run.samples()) {
        if (at + size > source.size) {
          track.context.warn(cutShort);
          return;
        }
        const startSec = time / track.timescale;
        yield { packets: [(await file.read(at, at + size)).slice()], startSec };
        at += size;
        time += duration;
      }
    }
  }
}

/** Resolves to the time in seconds of the first fragment of a track; `undefined` without one. */
export async function firstFragmentSec(
  source: ByteSource,
  start: number,
  track: Track,
): Promise<number | undefined> {
  for await (const box of fileBoxes(source, start)) {
    const [run] = await runsOf(source, box, track);
    if (run) return (run.time ?? 0) / track.timescale;
  }
  return undefined;
}

interface Run {
  /** Where the first sample lies in the file. */
  readonly at: number;
  readonly time: number | undefined;
  samples(): Iterable<FragmentDefaults>;
}

async function runsOf(source: ByteSource, box: FileBox, track: Track): Promise<Run[]> {
  if (box.type !== "moof") return [];
  const end = Math.min(box.end, box.bodyStart + mostMoofBytes);
  const runs: Run[] = [];
  for (const { type, body } of boxesIn(await source.read(box.bodyStart, end))) {
    if (type === "traf") runs.push(...trafRuns(body, { start: box.start, source, track }));
  }
  return runs;
}

interface Fragment {
  readonly start: number;
  readonly source: ByteSource;
  readonly track: Track;
}

function trafRuns(traf: Uint8Array, { start, source, track }: Fragment): Run[] {
  const { id, defaults } = track;
  const tfhd = bodyAt(traf, "tfhd");
  if (!tfhd || tfhd.length < 8 || view(tfhd).getUint32(4) !== id) return [];
  const head = view(tfhd);
  const flags = head.getUint32(0) & 0xffffff;
  let at = 8;
  const take = (flag: number, bytes: number): number | undefined => {
    if (!(flags & flag) || at + bytes > tfhd.length) return undefined;
    at += bytes;
    return bytes === 8 ? Number(head.getBigUint64(at - 8)) : head.getUint32(at - 4);
  };
  const base = take(1, 8) ?? start;
  take(2, 4);
  const duration = take(8, 4) ?? defaults.duration;
  const size = take(0x10, 4) ?? defaults.size;
  const tfdt = bodyAt(traf, "tfdt");
  let time: number | undefined;
  if (tfdt && tfdt.length >= 8) {
    const data = view(tfdt);
    time = tfdt[0] === 1 && tfdt.length >= 12 ? Number(data.getBigUint64(4)) : data.getUint32(4);
  }
  const runs: Run[] = [];
  let next = base;
  for (const { type, body } of boxesIn(traf)) {
    if (type !== "trun" || body.length < 8) continue;
    const run = trunOf(body, { base, next, duration, size, fileBytes: source.size });
    next = run.at;
    for (const sample of run.samples()) next += sample.size;
    runs.push({ ...run, time });
    time = undefined;
  }
  return runs;
}

interface RunDefaults extends FragmentDefaults {
  readonly base: number;
  readonly next: number;
  readonly fileBytes: number;
}

function trunOf(trun: Uint8Array, defaults: RunDefaults): Omit<Run, "time"> {
  const { base, next, duration, size, fileBytes } = defaults;
  const data = view(trun);
  const flags = data.getUint32(0) & 0xffffff;
  const rowBytes = [0x100, 0x200, 0x400, 0x800].reduce(
    (sum, flag) => sum + (flags & flag ? 4 : 0),
    0,
  );
  const at = 8;
  const hasOffset = (flags & 1) !== 0 && trun.length >= 12;
  const start = hasOffset ? base + data.getInt32(at) : next;
  const rows = at + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
  // Samples that are all alike have no rows; each takes bytes of the file.
  const alike = size > 0 ? Math.ceil(fileBytes / size) : 0;
  const fitting = rowBytes > 0 ? Math.floor((trun.length - rows) / rowBytes) : alike;
  const count = Math.min(data.getUint32(4), Math.max(0, fitting));
  function* samples(): Generator<FragmentDefaults> {
    for (let n = 0; n < count; n++) {
      let column = rows + n * rowBytes;
      const row = { duration, size };
      if (flags & 0x100) {
        row.duration = data.getUint32(column);
        column += 4;
      }
      if (flags & 0x200) row.size = data.getUint32(column);
      yield row;
    }
  }
  return { at: start, samples };
}
