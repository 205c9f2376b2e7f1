import { cell } from "./markdown.ts";
import type { RunResult } from "./run-result.ts";

type Serving = NonNullable<RunResult["serving"]>;

/** Heads of `servingCells`. */
export const servingHeader = ["MB", "ms a clip"] as const;

/** What a result's model takes; empty where that was not measured. */
export function servingCells({ serving }: RunResult): string[] {
  if (!serving) return servingHeader.map(() => "");
  const { sizeBytes, clipMs } = serving;
  return [(sizeBytes / 1e6).toFixed(1), clipMs.toFixed(clipMs < 10 ? 1 : 0)];
}

/** The same in words, with the machine; none where it was not measured. */
export function servingLine(result: RunResult): string[] {
  const { serving } = result;
  const [size, time] = servingCells(result);
  return serving ? [`${size} MB, ${time} ms a clip on ${placeOf(serving)}.`] : [];
}

/** How the cells of a table were measured; `undefined` where none was. */
export function servingNote(results: readonly RunResult[]): string | undefined {
  const places = new Set(results.flatMap(({ serving }) => (serving ? placeOf(serving) : [])));
  if (places.size === 0) return undefined;
  return (
    "MB counts all files of a model, with those of the encoders that it usesAudio through; ms a clip is the median time from the samples of\n" +
    `one clip of three seconds to its probabilities, encoders included and without words, on one thread of ${[...places].join(" or ")}.`
  );
}

const placeOf = ({ machine: { cpu, cores } }: Serving): string =>
  cell(`${cpu} (${cores} ${cores === 1 ? "core" : "cores"})`);
