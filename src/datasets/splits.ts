import type { Target } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { Random } from "../shared/random.ts";
import { labelsOf, type Manifest, speakersOf, type SplitName, type Utterance } from "./manifest.ts";
import { byCorpus, type Protocol, protocols } from "./protocols.ts";
import { drawSpeakers } from "./validation-speakers.ts";

/** One fold: the ids of its clips by split. Under `random`, `validation` is `test`. */
export interface Split extends Readonly<Record<SplitName, readonly string[]>> {
  /** The protocol that made it: `random` where `speaker-folds` found a single speaker. */
  readonly protocol: string;
  /** Counted from 1. */
  readonly fold: number;
  readonly seed: number;
}

/** Of the clips of a training split with one speaker only, what validation gets. */
const singleSpeakerShare = 0.1;

/** Audio hash by clip id, as `hashSamples` gives it. */
export type AudioHashes = ReadonlyMap<string, string>;

export interface SplitOptions {
  readonly seed: number;
  /** Speakers of each corpus taken out of training for model selection and calibration; 2 by default, fewer if there are no more. */
  readonly validationSpeakers?: number | undefined;
  /** Folds of `speaker-folds`, at least 2; 5 by default, fewer if there are fewer speakers. */
  readonly folds?: number | undefined;
  /** Of `random`: each label keeps its share in both splits; true by default. */
  readonly stratified?: boolean | undefined;
  /** What is predicted: by default `emotion`, which needs two labels. */
  readonly target?: Target | undefined;
  /** Keeps copies of the same audio in the training split of `random`. */
  readonly audioHashes?: AudioHashes | undefined;
}

/**
 * Returns the folds of a protocol. Speakers never cross splits except under `random`, which `speaker-folds` becomes where there
 * is one speaker only. Validation speakers are drawn from each fold's training split, balanced by sex, those that served least
 * often first; where training has one speaker only, validation gets a tenth of that speaker's clips.
 * @throws UndertoneError `dataset-invalid` when the corpus cannot be split so
 * @example
 * ```ts
 * import { readCorpus, splits } from "undertone/train";
 *
 * const folds = splits(await readCorpus("corpus"), "leave-one-speaker-out", { seed: 1 });
 * const count = folds[0]?.test.length; // → 40
 * ```
 */
export function makeSplits(
  manifest: Manifest<Utterance>,
  protocol: Protocol,
  options: SplitOptions,
): Split[] {
  const { seed, folds = 5, stratified = true, target = "emotion" } = options;
  if (!(Number.isInteger(folds) && folds >= 2)) {
    throw new RangeError(`makeSplits: folds must be a whole number from 2, got ${folds}`);
  }
  const labels = labelsOf(manifest.clips);
  if (target === "emotion" && labels.length < 2) {
    const only = labels.length === 0 ? "no clips" : `only the label "${labels[0]}"`;
    const problem = `has ${only}, so there is nothing to tell apart. Add clips of another label.`;
    throw new UndertoneError("dataset-invalid", `${manifest.corpus} ${problem}`);
  }
  if (protocol === "speaker-folds" && speakersOf(manifest.clips).length < 2) {
    return makeSplits(manifest, "random", options);
  }
  const tests = protocols[protocol](manifest, { seed, folds, stratified });
  if (protocol === "official") return [officialSplit(manifest, seed)];
  const splits =
    protocol === "random"
      ? tests.map((test) => randomSplit(manifest, test, options))
      : speakerSplits(manifest, tests, { ...options, protocol });
  const isEmpty = ({ train, test }: Split): boolean =>
    train.length === 0 || (test.length === 0 && protocol !== "all");
  if (splits.some(isEmpty)) {
    const problem = `has too few clips (${manifest.clips.length}) to train and test on. Add some.`;
    throw new UndertoneError("dataset-invalid", `${manifest.corpus} ${problem}`);
  }
  return splits;
}

function officialSplit({ corpus, clips }: Manifest<Utterance>, seed: number): Split {
  const idsIn = (name: SplitName): string[] => idsOf(clips.filter(({ split }) => split === name));
  const [train, validation, test] = [idsIn("train"), idsIn("validation"), idsIn("test")];
  const empty = train.length === 0 ? "train" : test.length === 0 ? "test" : undefined;
  if (empty !== undefined) {
    const problem = clips.some(({ split }) => split !== undefined)
      ? `has no usable clip in its ${empty} split.`
      : "has no official split. Use --protocol speaker-folds, " +
        "or give its table a column split (train, validation or test).";
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
  tests: readonly (readonly Utterance[])[],
  { seed, protocol, validationSpeakers = 2 }: SplitOptions & { readonly protocol: string },
): Split[] {
  const served = new Map<string, number>();
  return tests.map((testClips, index) => {
    const fold = index + 1;
    const test = new Set(testClips);
    const rest = manifest.clips.filter((clip) => !test.has(clip));
    const random = new Random(seed, "validation speakers", fold);
    const corpora = byCorpus({ ...manifest, clips: rest });
    const held = [...corpora.values()].flatMap((clips) => {
      const count = Math.min(validationSpeakers, speakersOf(clips).length - 1);
      return drawSpeakers(clips, { count, served, random });
    });
    for (const speaker of held) served.set(speaker, (served.get(speaker) ?? 0) + 1);
    const validation = new Set(
      held.length === 0 && validationSpeakers > 0
        ? random.shuffle(rest).slice(0, Math.round(rest.length * singleSpeakerShare))
        : rest.filter((clip) => held.includes(clip.speakerId)),
    );
    return {
      protocol,
      fold,
      seed,
      train: idsOf(rest.filter((clip) => !validation.has(clip))),
      validation: idsOf(rest.filter((clip) => validation.has(clip))),
      test: idsOf(testClips),
    };
  });
}

const idsOf = (clips: readonly Utterance[]): string[] => clips.map((clip) => clip.id);
