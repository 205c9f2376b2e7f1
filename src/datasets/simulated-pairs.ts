import { UndertoneError } from "../shared/errors.ts";
import { Random } from "../shared/random.ts";
import {
  type Clip,
  type Manifest,
  splitNames,
  type SplitName,
  type Utterance,
} from "./manifest.ts";
import { type LeftOut, Omissions } from "./omissions.ts";
import { makeSplits } from "./splits.ts";

/** Recordings, each with a text of the same label by another person, and what was left out. */
export interface SimulatedPairs {
  readonly clips: readonly Clip[];
  readonly leftOut: readonly LeftOut[];
}

/** A tenth of the speakers chooses models and calibrates them. */
const validationShare = 0.1;
/** Folds by speaker, of which the first is taken. */
const mostFolds = 5;

/**
 * Pairs recordings with texts of the same label, for corpora whose own words carry no emotion. It is a simulation, and scores on
 * it are to be reported as one. Speakers are assigned to splits (a fifth to test, at least one), texts keep the splits of their
 * corpus, so neither crosses; each text of a split is used once before one is used again.
 * @throws UndertoneError `dataset-invalid` for fewer than three speakers, and when training or test gets no pair
 */
export function simulatePairs(
  recordings: Manifest,
  texts: Manifest<Utterance>,
  { seed }: { readonly seed: number },
): SimulatedPairs {
  const speakers = new Set(recordings.clips.map(({ speakerId }) => speakerId)).size;
  if (speakers < 3) {
    const message = `${recordings.corpus} has ${speakers} speakers. Three are needed: to train, validate and test.`;
    throw new UndertoneError("dataset-invalid", message);
  }
  const validationSpeakers = Math.max(1, Math.round(speakers * validationShare));
  const folds = Math.min(mostFolds, speakers);
  const [fold] = makeSplits(recordings, "speaker-folds", { seed, folds, validationSpeakers });
  const clips = new Map(recordings.clips.map((clip) => [clip.id, clip]));
  const unpaired = new Omissions();
  const pairs = splitNames.flatMap((split) => {
    const decks = new TextDecks(texts.clips, split, seed);
    return fold![split].flatMap((id): Clip[] => {
      const clip = clips.get(id)!;
      const transcript = decks.draw(clip.emotion);
      if (transcript !== undefined) return [{ ...clip, transcript, split }];
      unpaired.add(`no ${clip.emotion} texts to ${split}`, id);
      return [];
    });
  });
  for (const needed of ["train", "test"] as const) {
    if (pairs.some(({ split }) => split === needed)) continue;
    throw new UndertoneError(
      "dataset-invalid",
      `${recordings.corpus} and ${texts.corpus} have no label in common in the ${needed} split.`,
    );
  }
  return { clips: pairs, leftOut: unpaired.list() };
}

/** The texts of one split by label, shuffled, drawn one by one, and shuffled again when they run out. */
class TextDecks {
  readonly #texts: readonly Utterance[];
  readonly #random: Random;
  readonly #decks = new Map<string, string[]>();

  constructor(texts: readonly Utterance[], split: SplitName, seed: number) {
    this.#texts = texts.filter((text) => text.split === split && text.transcript !== undefined);
    this.#random = new Random(seed, "simulated pairs", split);
  }

  draw(emotion: string): string | undefined {
    let deck = this.#decks.get(emotion);
    if (deck === undefined || deck.length === 0) {
      const suiting = this.#texts.filter((text) => text.emotion === emotion);
      deck = this.#random.shuffle(suiting.map(({ transcript }) => transcript!));
      this.#decks.set(emotion, deck);
    }
    return deck.pop();
  }
}
