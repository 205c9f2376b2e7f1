import type { Emotion } from "../shared/emotions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { Random } from "../shared/random.ts";
import type { Clip, LeftOut, Manifest, Utterance } from "./manifest.ts";
import { makeSplits } from "./splits.ts";

type Side = NonNullable<Utterance["side"]>;

/** Recordings, each with words of the same emotion that somebody else wrote, and what was left out. */
export interface SimulatedPairs {
  readonly clips: readonly Clip[];
  readonly leftOut: readonly LeftOut[];
}

/** A tenth of the speakers chooses models and calibrates them. */
const validationShare = 0.1;
/** One of them is the test side. */
const mostFolds = 5;

/**
 * Pairs recordings with texts of the same emotion, for corpora whose own words say nothing: a
 * simulation, to be named as one wherever its scores stand. Speakers are dealt out to the sides (a fifth to
 * the test side, at least one), texts keep the sides of their corpus, so neither crosses; each text of a side
 * is used once before one is used again.
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
  const [split] = makeSplits(recordings, "speaker-folds", { seed, folds, validationSpeakers });
  const clips = new Map(recordings.clips.map((clip) => [clip.id, clip]));
  const unpaired = new Map<string, number>();
  const pairs = (["train", "validation", "test"] as const).flatMap((side) => {
    const decks = new TextDecks(texts.clips, side, seed);
    return split![side].flatMap((id): Clip[] => {
      const clip = clips.get(id)!;
      const transcript = decks.draw(clip.emotion);
      if (transcript !== undefined) return [{ ...clip, transcript, side }];
      const reason = `no ${clip.emotion} texts to ${side}`;
      unpaired.set(reason, (unpaired.get(reason) ?? 0) + 1);
      return [];
    });
  });
  for (const needed of ["train", "test"] as const) {
    if (pairs.some(({ side }) => side === needed)) continue;
    throw new UndertoneError(
      "dataset-invalid",
      `${recordings.corpus} and ${texts.corpus} have no emotion in common on the ${needed} side.`,
    );
  }
  const leftOut = [...unpaired].map(([reason, count]) => ({ reason, count }));
  return { clips: pairs, leftOut };
}

/** The texts of one side by emotion, shuffled, dealt out and shuffled again when they run out. */
class TextDecks {
  readonly #texts: readonly Utterance[];
  readonly #random: Random;
  readonly #decks = new Map<Emotion, string[]>();

  constructor(texts: readonly Utterance[], side: Side, seed: number) {
    this.#texts = texts.filter((text) => text.side === side && text.transcript !== undefined);
    this.#random = new Random(seed, "simulated pairs", side);
  }

  draw(emotion: Emotion): string | undefined {
    let deck = this.#decks.get(emotion);
    if (deck === undefined || deck.length === 0) {
      const suiting = this.#texts.filter((text) => text.emotion === emotion);
      deck = this.#random.shuffle(suiting.map(({ transcript }) => transcript!));
      this.#decks.set(emotion, deck);
    }
    return deck.pop();
  }
}
