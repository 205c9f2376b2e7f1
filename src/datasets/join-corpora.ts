import { UndertoneError } from "../shared/errors.ts";
import { corporaIn, labelsOf, type Manifest, type Utterance } from "./manifest.ts";
import type { ReadingNotes } from "./omissions.ts";
import { byCorpus } from "./protocols.ts";

/** Any corpus with what reading it left out. */
interface NotedManifest extends Manifest<Utterance>, ReadingNotes {}

/** Returns a name within a corpus, `crema-d/1001`; one that has the corpus before it already stays as it is. */
export function nameIn(corpus: string, name: string): string {
  return name.startsWith(`${corpus}/`) ? name : `${corpus}/${name}`;
}

/** Returns a clip whose id and speaker are those of no other corpus: `crema-d/1001`. */
export function inCorpus<U extends Utterance>(clip: U, corpus: string): U {
  return {
    ...clip,
    corpus,
    id: nameIn(corpus, clip.id),
    speakerId: nameIn(corpus, clip.speakerId),
  };
}

/**
 * Returns several corpora as one, with ids and speakers prefixed by the corpus; a single one as it is.
 * @throws UndertoneError `dataset-invalid` for two corpora of one name
 */
export function joinCorpora<M extends NotedManifest>([first, ...others]: readonly [M, ...M[]]): M {
  if (others.length === 0) return first;
  const corpora = [first, ...others];
  const names = corpora.flatMap(corporaIn);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    const roots = corpora.filter((each) => corporaIn(each).includes(twice)).map(({ root }) => root);
    throw new UndertoneError(
      "dataset-invalid",
      `Two corpora are named ${twice}: ${roots.join(" and ")}. Rename the folder or table of one.`,
    );
  }
  return {
    ...first,
    corpus: names.join("+"),
    root: corpora.map(({ root }) => root).join(", "),
    clips: corpora.flatMap(({ corpus, clips }) =>
      clips.map((clip) => inCorpus(clip, clip.corpus ?? corpus)),
    ),
    leftOut: corpora.flatMap(({ corpus, leftOut }) =>
      leftOut.map((each) => ({ ...each, reason: `${corpus}: ${each.reason}` })),
    ),
    warnings: corpora.flatMap(({ corpus, warnings }) =>
      warnings.map((warning) => `${corpus}: ${warning}`),
    ),
    renamed: [...new Set(corpora.flatMap(({ renamed = [] }) => renamed))],
  };
}

/**
 * Returns the clips whose labels all corpora of a manifest have, as a test across corpora needs; the others are left out.
 * @throws UndertoneError `dataset-invalid` for fewer than two such labels
 */
export function withCommonLabels<M extends NotedManifest>(manifest: M): M {
  const labels = new Map(
    [...byCorpus(manifest)].map(([corpus, clips]) => [corpus, new Set(labelsOf(clips))]),
  );
  const all = labelsOf(manifest.clips);
  const common = all.filter((label) => [...labels.values()].every((own) => own.has(label)));
  if (common.length < 2) {
    const listed = [...labels].map(([corpus, own]) => `${corpus}: ${[...own].join(", ")}`);
    throw new UndertoneError(
      "dataset-invalid",
      `The corpora share ${common.length === 0 ? "no label" : `only the label ${common[0]}`}, and two are needed ` +
        `(${listed.join("; ")}). Bring their labels together with --map.`,
    );
  }
  const clips = manifest.clips.filter(({ emotion }) => common.includes(emotion));
  const leftOut = all
    .filter((label) => !common.includes(label))
    .map((label) => ({
      reason: `${label}, which not all corpora have`,
      count: manifest.clips.filter(({ emotion }) => emotion === label).length,
    }));
  return { ...manifest, clips, leftOut: [...manifest.leftOut, ...leftOut] };
}
