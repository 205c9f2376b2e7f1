import { type Manifest, speakersOf, unknownSpeaker, type Utterance } from "./manifest.ts";

const noUnseenSpeakers =
  "No score on unseen speakers is possible: training falls back to the protocol random, which leaks the speaker.";

/**
 * Returns, as a sentence, what a corpus of fewer than three speakers cannot show.
 * @see makeSplits, which does as the sentences say
 */
export function speakerWarnings({ clips }: Manifest<Utterance>): string[] {
  const [first, ...others] = speakersOf(clips);
  if (first === unknownSpeaker && others.length === 0) {
    const remedy = 'Name them in a column "speaker" or in folders such as Actor_01.';
    return [`No speakers are named. ${noUnseenSpeakers} ${remedy}`];
  }
  if (others.length === 0) {
    return [`All clips are of one speaker. ${noUnseenSpeakers} Add other speakers.`];
  }
  if (others.length > 1) return [];
  return ["There are two speakers only: models are chosen on clips of the speaker they train on."];
}
