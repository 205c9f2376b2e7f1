import { UndertoneError } from "../shared/errors.ts";

/** A part of a recording, in seconds; to its end where there is no end. */
export interface Segment {
  readonly startSec: number;
  readonly endSec?: number;
}

/** `1.5`, `0:01.5`, `00:00:01.500`, and pandas' `0 days 00:00:01.500000`, as audformat writes it. */
const time =
  /^(?:(?<days>\d+) days?)?(?:(?:^| )(?:(?:(?<hours>\d+):)?(?<minutes>\d+):)?(?<seconds>\d+(?:[.,]\d+)?))?$/;

/** Returns the seconds that a time in a table names; `undefined` for none, NaN for what is no time. */
export function parseTimeSec(text: string): number | undefined {
  if (/^(?:|nat|nan|-)$/i.test(text)) return undefined;
  const groups = time.exec(text)?.groups;
  if (!groups) return NaN;
  const of = (name: string): number => Number((groups[name] ?? "0").replace(",", "."));
  return ((of("days") * 24 + of("hours")) * 60 + of("minutes")) * 60 + of("seconds");
}

/** Returns the name of a part of a file: `a.wav#0.5-1`. */
export function segmentName(file: string, { startSec, endSec }: Segment): string {
  return `${file}#${startSec}-${endSec ?? ""}`;
}

/**
 * Returns the samples of a part, all where there is no part.
 * @throws UndertoneError `audio-empty` where the recording ends before it
 */
export function cutSegment(
  samples: Float32Array,
  sampleRate: number,
  segment: Segment | undefined,
): Float32Array {
  if (segment === undefined) return samples;
  const { startSec, endSec = Infinity } = segment;
  const start = Math.round(startSec * sampleRate);
  const part = samples.subarray(start, Math.min(samples.length, Math.round(endSec * sampleRate)));
  if (part.length > 0) return part;
  const lengthSec = (samples.length / sampleRate).toFixed(2);
  const problem = `has no sound from ${startSec} s on: it is ${lengthSec} s long. Correct its times, or ignore them with --columns start=,end=.`;
  throw new UndertoneError("audio-empty", `The recording ${problem}`);
}
