import { UndertoneError } from "../shared/errors.ts";
import { isObject } from "../shared/is-object.ts";
import { parseLabel } from "../shared/labels.ts";
import { labelsOf, type Manifest, type Utterance } from "./manifest.ts";
import type { ReadingNotes } from "./omissions.ts";
import { cellText, parseTable } from "./table.ts";
import { decodeText } from "./table-text.ts";

/** Labels and what each is read as; an empty one leaves its clips out. */
export type LabelMap = Readonly<Record<string, string>>;

/**
 * Parses `exc=happy,calm=`. Both sides may be any word that stands for a label.
 * @throws UndertoneError `usage`
 */
export function parseLabelMap(text: string): LabelMap {
  return mapOf(
    text.split(",").map((pair) => {
      const [from = "", to, ...rest] = pair.split("=");
      if (to === undefined || rest.length > 0 || parseLabel(from) === undefined) {
        const message = `--map ${text}: "${pair.trim()}" is not label=label, as in exc=happy. An empty one leaves a label out.`;
        throw new UndertoneError("usage", message);
      }
      return [from, to];
    }),
  );
}

/**
 * Parses a file of labels: a JSON object, or a table whose first two columns are a label and what it is read as.
 * @throws UndertoneError `usage` for one that is neither
 */
export function parseLabelMapFile(path: string, bytes: Uint8Array): LabelMap {
  if (!/\.json$/i.test(path)) {
    return mapOf(
      parseTable(path, bytes).map((row) => {
        const [from = "", to = ""] = Object.keys(row.values);
        return [cellText(row, from), cellText(row, to)];
      }),
    );
  }
  try {
    const content: unknown = JSON.parse(decodeText(path, bytes));
    if (!isObject(content)) throw new TypeError("is no object");
    return mapOf(
      Object.entries(content).map(([from, to]) => {
        if (typeof to !== "string") throw new TypeError(`${from} is mapped to no text`);
        return [from, to];
      }),
    );
  } catch (cause) {
    const message = `${path}: is no JSON object of labels, such as {"exc": "happy"}.`;
    throw new UndertoneError("usage", message, { cause });
  }
}

const mapOf = (pairs: readonly (readonly [string, string])[]): LabelMap =>
  Object.fromEntries(
    pairs.map(([from, to]) => [parseLabel(from) ?? from.trim(), parseLabel(to) ?? ""]),
  );

/** Returns a corpus with its labels mapped, and what that changed in its notes. */
export function mapLabels<M extends Manifest<Utterance> & ReadingNotes>(
  manifest: M,
  map: LabelMap,
): M {
  const isMapped = ({ emotion }: Utterance): boolean => Object.hasOwn(map, emotion);
  const dropped = (clip: Utterance): boolean => isMapped(clip) && map[clip.emotion] === "";
  const leftOut = labelsOf(manifest.clips.filter(dropped)).map((label) => {
    const ids = manifest.clips.filter(({ emotion }) => emotion === label).map(({ id }) => id);
    return { reason: `${label}, by --map`, count: ids.length, examples: ids.slice(0, 3) };
  });
  const renamed = labelsOf(manifest.clips.filter((clip) => isMapped(clip) && !dropped(clip)))
    .filter((label) => map[label] !== label)
    .map((label) => `${label} → ${map[label]}`);
  return {
    ...manifest,
    clips: manifest.clips
      .filter((clip) => !dropped(clip))
      .map((clip) => (isMapped(clip) ? { ...clip, emotion: map[clip.emotion]! } : clip)),
    leftOut: [...manifest.leftOut, ...leftOut],
    renamed: [...(manifest.renamed ?? []), ...renamed],
  };
}

/** @throws UndertoneError `usage` for a mapped label that no clip has */
export function assertMapped({ clips }: Manifest<Utterance>, map: LabelMap): void {
  const labels = labelsOf(clips);
  const unknown = Object.keys(map).find((label) => !labels.includes(label));
  if (unknown === undefined) return;
  const message = `--map: no clip is labeled ${unknown}. Labels: ${labels.join(", ")}.`;
  throw new UndertoneError("usage", message);
}
