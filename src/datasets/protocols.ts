import { UndertoneError } from "../shared/errors.ts";
import { Random } from "../shared/random.ts";
import { corporaIn, labelsOf, type Manifest, speakersOf, type Utterance } from "./manifest.ts";

/** What decides a protocol's folds; the defaults are in `makeSplits`. */
export interface FoldOptions {
  readonly seed: number;
  /** Number of folds of `speaker-folds`, if there are as many speakers. */
  readonly folds: number;
  /** Keeps each label's share in both splits of `random`. */
  readonly stratified: boolean;
}

export const protocolNames = [
  "random",
  "emobox",
  "luna-jimenez",
  "leave-one-speaker-out",
  "leave-one-corpus-out",
  "speaker-folds",
  "official",
  "all",
] as const;

export type Protocol = (typeof protocolNames)[number];

const testShare = 0.2;

/** EmoBox's folds of RAVDESS. @see https://arxiv.org/abs/2406.07162 */
const emoboxFolds = [
  [1, 11, 20, 21],
  [4, 10, 12, 14],
  [8, 9, 19, 23],
  [3, 5, 7, 24],
  [2, 15, 16, 18],
  [6, 13, 17, 22],
];

/** The folds of Luna-Jiménez et al. @see https://doi.org/10.3390/s21227665 */
const lunaJimenezFolds = [
  [2, 5, 14, 15, 16],
  [3, 6, 7, 13, 18],
  [10, 11, 12, 19, 20],
  [8, 17, 21, 23, 24],
  [1, 4, 9, 22],
];

/**
 * The test splits of each protocol's folds. `random` leaks speakers and exists for comparison; `official` is the split that the
 * corpus itself makes; `leave-one-corpus-out` tests on each corpus once; `all` has no test split, for training a model to ship.
 */
export const protocols: Readonly<
  Record<Protocol, (manifest: Manifest<Utterance>, options: FoldOptions) => Utterance[][]>
> = {
  random: (manifest, options) => [randomFifth(manifest, options)],
  emobox: (manifest) => actorFolds(manifest, "emobox", emoboxFolds),
  "luna-jimenez": (manifest) => actorFolds(manifest, "luna-jimenez", lunaJimenezFolds),
  "leave-one-speaker-out": leaveOneOut,
  "leave-one-corpus-out": leaveOneCorpusOut,
  "speaker-folds": speakerFolds,
  official: (manifest) => [manifest.clips.filter(({ split }) => split === "test")],
  all: () => [[]],
};

function clipsOf(manifest: Manifest<Utterance>, speakers: readonly string[]): Utterance[] {
  return manifest.clips.filter((clip) => speakers.includes(clip.speakerId));
}

/** Draws a fifth of the clips without regard to who speaks, as much published work does. */
function randomFifth(
  manifest: Manifest<Utterance>,
  { seed, stratified }: FoldOptions,
): Utterance[] {
  const random = new Random(seed, "random split");
  const clips = random.shuffle(manifest.clips);
  const count = Math.round(clips.length * testShare);
  if (!stratified) return clips.slice(0, count);
  const groups = labelsOf(clips)
    .map((label) => clips.filter((clip) => clip.emotion === label))
    .map((group) => ({ group, exact: group.length * testShare }));
  // Whole clips first, then one more for the largest remainders, until the fifth is full.
  const missing = count - groups.reduce((sum, { exact }) => sum + Math.floor(exact), 0);
  return groups
    .toSorted((a, b) => (b.exact % 1) - (a.exact % 1))
    .flatMap(({ group, exact }, rank) =>
      group.slice(0, Math.floor(exact) + (rank < missing ? 1 : 0)),
    );
}

function actorFolds(
  manifest: Manifest<Utterance>,
  protocol: string,
  folds: readonly (readonly number[])[],
): Utterance[][] {
  const actors = new Set(speakersOf(manifest.clips));
  const named = folds.map((fold) => fold.map((actor) => String(actor).padStart(2, "0")));
  const missing = named.flat().filter((actor) => !actors.has(actor));
  if (missing.length > 0 || actors.size !== named.flat().length) {
    const what = missing.length > 0 ? `lacks ${missing.join(", ")}` : `has ${actors.size} speakers`;
    throw new UndertoneError(
      "dataset-invalid",
      `The protocol ${protocol} is for RAVDESS's 24 actors, and ${manifest.corpus} ${what}. ` +
        "Use --protocol speaker-folds.",
    );
  }
  return named.map((fold) => clipsOf(manifest, fold));
}

function leaveOneOut(manifest: Manifest<Utterance>): Utterance[][] {
  const speakers = speakersOf(manifest.clips);
  if (speakers.length < 2) {
    throw new UndertoneError(
      "dataset-invalid",
      `leave-one-speaker-out needs two speakers, and ${manifest.corpus} names ${speakers.length}. ` +
        "Name the speaker of each clip, or use --protocol random, which is no test on unseen speakers.",
    );
  }
  return speakers.map((speaker) => clipsOf(manifest, [speaker]));
}

function leaveOneCorpusOut(manifest: Manifest<Utterance>): Utterance[][] {
  const corpora = [...byCorpus(manifest).values()];
  if (corpora.length < 2) {
    throw new UndertoneError(
      "dataset-invalid",
      `leave-one-corpus-out needs two corpora, and there is ${manifest.corpus} only. ` +
        "Name others with further --data, or give the table a column corpus.",
    );
  }
  return corpora;
}

/** Returns the clips of each corpus of a manifest, in the order of `corporaIn`. */
export function byCorpus(manifest: Manifest<Utterance>): ReadonlyMap<string, Utterance[]> {
  const clips = new Map(corporaIn(manifest).map((corpus): [string, Utterance[]] => [corpus, []]));
  for (const clip of manifest.clips) clips.get(clip.corpus ?? manifest.corpus)!.push(clip);
  return clips;
}

/** Deals shuffled speakers out to the folds, one corpus and one sex after the other; a fold has at least one. */
function speakerFolds(manifest: Manifest<Utterance>, { seed, folds }: FoldOptions): Utterance[][] {
  const random = new Random(seed, "speaker folds");
  const order = [...byCorpus(manifest).values()].flatMap((clips) => bySex(clips, random).flat());
  return Array.from({ length: Math.min(folds, order.length) }, (_, fold) =>
    clipsOf(
      manifest,
      order.filter((__, place) => place % folds === fold),
    ),
  );
}

/** Returns the speakers in random order, grouped [female, male, unknown]. */
export function bySex(clips: readonly Utterance[], random: Random): string[][] {
  const sexes = new Map(clips.map((clip) => [clip.speakerId, clip.sex]));
  const speakers = random.shuffle(speakersOf(clips));
  return (["female", "male", undefined] as const).map((sex) =>
    speakers.filter((speaker) => sexes.get(speaker) === sex),
  );
}
