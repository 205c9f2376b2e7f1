import { basename } from "node:path";
import { speakersOf, type Clip } from "../../src/datasets/manifest.ts";
import { Random } from "../../src/shared/random.ts";

/** Corpus whose speakers validate and test; all speakers of others are trained on. */
const testCorpus = "crema-d";
const heldOut = { test: 22, validation: 10 } as const;

/** Clips by the part that their speakers play. */
export interface SpeakerSplit {
  readonly train: readonly Clip[];
  readonly validation: readonly Clip[];
  readonly test: readonly Clip[];
}

/** Splits clips by speakers: the same seed, the same speakers. */
export function splitSpeakers(clips: readonly Clip[], seed: number): SpeakerSplit {
  const candidates = speakersOf(clips.filter(({ corpus }) => corpus === testCorpus));
  const order = new Random(seed, "diarization speakers").shuffle(candidates);
  const test = new Set(order.slice(0, heldOut.test));
  const validation = new Set(order.slice(heldOut.test, heldOut.test + heldOut.validation));
  return {
    train: clips.filter(({ speakerId }) => !test.has(speakerId) && !validation.has(speakerId)),
    validation: clips.filter(({ speakerId }) => validation.has(speakerId)),
    test: clips.filter(({ speakerId }) => test.has(speakerId)),
  };
}

/** Returns some clips of each speaker, drawn at random. */
export function someOfEach(clips: readonly Clip[], count: number, seed: number): Clip[] {
  return speakersOf(clips).flatMap((speaker) => {
    const own = clips.filter(({ speakerId }) => speakerId === speaker);
    const [corpus = "", name = ""] = speaker.split("/");
    const random = new Random(seed, "pick", corpus.charAt(0) + name);
    return own
      .toSorted((a, b) => (basename(a.path) < basename(b.path) ? -1 : 1))
      .map((clip) => ({ clip, place: random.uniform() }))
      .toSorted((a, b) => a.place - b.place)
      .slice(0, count)
      .map(({ clip }) => clip);
  });
}
