import { UndertoneError } from "../shared/errors.ts";
import { Random } from "../shared/random.ts";
import { type Manifest, speakersOf, type Utterance } from "./manifest.ts";
import { bySex, type Protocol, protocols } from "./protocols.ts";

/** One fold's sides, as clip ids. Under `random`, `validation` is `test`: nothing is chosen on it. */
export interface Split {
  readonly protocol: string;
  /** Counted from 1. */
  readonly fold: number;
  readonly seed: number;
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

/** Audio hash by clip id, as `hashSamples` gives it. */
export type AudioHashes = ReadonlyMap<string, string>;

export interface SplitOptions {
  readonly seed: number;
  /** Speakers taken out of the training side for choosing and calibrating; 2 by default. */
  readonly validationSpeakers?: number | undefined;
  /** Of `speaker-folds`; 5 by default. */
  readonly folds?: number | undefined;
  /** Of `random`: each emotion keeps its share on both sides; true by default. */
  readonly stratified?: boolean | undefined;
  /** Keeps copies of the same audio on the training side of `random`. */
  readonly audioHashes?: AudioHashes | undefined;
}

/**
 * The folds of a protocol. Speakers never cross sides except under `random`. Validation speakers
 * are drawn from each fold's training side, balanced by sex, those that served least often first.
 * @throws UndertoneError `dataset-invalid` when the corpus cannot be split so
 */
export function makeSplits(
  manifest: Manifest<Utterance>,
  protocol: Protocol,
  options: SplitOptions,
): Split[] {
  const { seed, folds = 5, stratified = true } = options;
  const testSides = protocols[protocol](manifest, { seed, folds, stratified });
  if (protocol === "random") {
    return testSides.map((side) => randomSplit(manifest, side, options));
  }
  if (protocol === "official") return [officialSplit(manifest, seed)];
  return speakerSplits(manifest, testSides, { ...options, protocol });
}

function officialSplit({ corpus, clips }: Manifest<Utterance>, seed: number): Split {
  const sideOf = (wanted: Utterance["side"]): string[] =>
    idsOf(clips.filter(({ side }) => side === wanted));
  const [train, validation, test] = [sideOf("train"), sideOf("validation"), sideOf("test")];
  const empty = train.length === 0 ? "train" : test.length === 0 ? "test" : undefined;
  if (empty !== undefined) {
    const problem = clips.some(({ side }) => side !== undefined)
      ? `has no clip on its ${empty} side that can be used.`
      : "names no sides of its own, so it has no official split. Choose another protocol, " +
        "or give its table a column side (train, validation or test).";
    throw new UndertoneError("dataset-invalid", `${corpus} ${problem}`);
  }
  return { protocol: "official", fold: 1, seed, train, validation, test };
}

function randomSplit(
  manifest: Manifest<Utterance>,
  drawn: readonly Utterance[],
  options: SplitOptions,
): Split {
  const { seed, audioHashes } = options;
  const drawnClips = new Set(drawn);
  const trained = new Set<string | undefined>();
  for (const clip of manifest.clips) {
    if (!drawnClips.has(clip)) trained.add(audioHashes?.get(clip.id));
  }
  trained.delete(undefined);
  const isTest = (clip: Utterance): boolean =>
    drawnClips.has(clip) && !trained.has(audioHashes?.get(clip.id));
  const test = idsOf(manifest.clips.filter(isTest));
  const train = idsOf(manifest.clips.filter((clip) => !isTest(clip)));
  return { protocol: "random", fold: 1, seed, train, validation: test, test };
}

function speakerSplits(
  manifest: Manifest<Utterance>,
  testSides: readonly (readonly Utterance[])[],
  { seed, protocol, validationSpeakers = 2 }: SplitOptions & { readonly protocol: string },
): Split[] {
  const served = new Map<string, number>();
  return testSides.map((testSide, index) => {
    const fold = index + 1;
    const test = new Set(testSide);
    const rest = manifest.clips.filter((clip) => !test.has(clip));
    const random = new Random(seed, "validation speakers", fold);
    const held = drawSpeakers(rest, { count: validationSpeakers, served, random });
    for (const speaker of held) served.set(speaker, (served.get(speaker) ?? 0) + 1);
    const isHeld = (clip: Utterance): boolean => held.includes(clip.speakerId);
    const train = idsOf(rest.filter((clip) => !isHeld(clip)));
    return {
      protocol,
      fold,
      seed,
      train,
      validation: idsOf(rest.filter(isHeld)),
      test: idsOf(testSide),
    };
  });
}

interface Draw {
  readonly count: number;
  readonly served: ReadonlyMap<string, number>;
  readonly random: Random;
}

/** Takes turns between the sexes, and within one takes those that served least often. */
function drawSpeakers(clips: readonly Utterance[], { count, served, random }: Draw): string[] {
  const speakers = speakersOf(clips).length;
  if (speakers <= count) {
    throw new UndertoneError(
      "dataset-invalid",
      `A training side of ${speakers} speakers cannot give ${count} to validation. ` +
        "Use more speakers, or fewer for validation.",
    );
  }
  const [women = [], men = [], others = []] = bySex(clips, random).map((group) =>
    group.toSorted((a, b) => (served.get(a) ?? 0) - (served.get(b) ?? 0)),
  );
  const [first, second] = random.shuffle([women, men]);
  const turns = Array.from({ length: speakers }, (_, turn) => [first![turn], second![turn]]);
  return [...turns.flat().filter((speaker) => speaker !== undefined), ...others].slice(0, count);
}

const idsOf = (clips: readonly Utterance[]): string[] => clips.map((clip) => clip.id);
