import { dimensionNames, type DimensionName, type DimensionScale } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Manifest, Utterance } from "./manifest.ts";
import { byCorpus } from "./protocols.ts";
import { Omissions, type LeftOut, type ReadingNotes } from "./omissions.ts";

/** A corpus that rates dimensions. */
export interface Rated {
  readonly dimensions: readonly DimensionScale[];
}

/**
 * Returns the clips of a corpus that have a rating on every dimension that it rates among those of interest, and the scales: the whole numbers next to
 * the lowest and the highest rating. A dimension with the same rating everywhere is none.
 * @throws UndertoneError `dataset-invalid` where no clip is rated
 */
export function ratedCorpus<C extends Manifest<Utterance> & ReadingNotes>(
  corpus: C,
  among: readonly DimensionName[] = dimensionNames,
): C & Rated {
  const names = among.filter((name) => {
    const ratings = new Set(corpus.clips.flatMap(({ dimensions }) => dimensions?.[name] ?? []));
    return ratings.size > 1;
  });
  const omissions = new Omissions();
  const clips = corpus.clips.filter(({ id, dimensions }) => {
    const missing = names.find((name) => dimensions?.[name] === undefined);
    if (missing !== undefined) omissions.add(`no ${missing}`, id);
    return missing === undefined;
  });
  if (names.length === 0 || clips.length === 0) {
    throw new UndertoneError(
      "dataset-invalid",
      `${corpus.root}: no clip is rated on ${among.join(", ")}. Add such columns with numbers to its table, ` +
        "or name them by --columns arousal=NAME.",
    );
  }
  const leftOut: LeftOut[] = [...corpus.leftOut, ...omissions.list()];
  const rated = { ...corpus, clips, leftOut };
  return {
    ...rated,
    warnings: [...corpus.warnings, ...names.flatMap((name) => scaleWarnings(name, rated))],
    dimensions: names.map((name) => scaleOf(name, clips)),
  };
}

/** Corpora that are read as one should rate on one scale. */
function scaleWarnings(name: DimensionName, rated: Manifest<Utterance>): string[] {
  const scales = [...byCorpus(rated)].map(([corpus, clips]) => {
    const { low, high } = scaleOf(name, clips);
    return { corpus, scale: `${low} to ${high}` };
  });
  if (new Set(scales.map(({ scale }) => scale)).size < 2) return [];
  const listed = scales.map(({ corpus, scale }) => `${scale} in ${corpus}`).join(", ");
  return [`Ratings of ${name} go from ${listed}. Bring them to one scale if they are on several.`];
}

function scaleOf(name: DimensionName, clips: readonly Utterance[]): DimensionScale {
  let [low, high] = [Infinity, -Infinity];
  for (const { dimensions } of clips) {
    low = Math.min(low, Math.floor(dimensions![name]!));
    high = Math.max(high, Math.ceil(dimensions![name]!));
  }
  return { name, low, high };
}
