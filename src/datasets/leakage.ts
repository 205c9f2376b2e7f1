import { UndertoneError } from "../shared/errors.ts";
import {
  isRecorded,
  type Manifest,
  speakersOf,
  splitNames,
  type SplitName,
  type Utterance,
} from "./manifest.ts";
import type { AudioHashes, Split } from "./splits.ts";

/**
 * Refuses a fold whose splits share a clip, a recorded speaker or identical audio. Two things pass: the protocol `random`, which
 * shares them by its nature, and validation clips of the only speaker that a fold trains on.
 * @throws UndertoneError `split-leaks` naming what is shared; `dataset-invalid` for an unknown clip
 */
export function assertNoLeakage(
  split: Split,
  manifest: Manifest<Utterance>,
  audioHashes: AudioHashes,
): void {
  const clips = new Map(manifest.clips.map((clip) => [clip.id, clip]));
  const unknown = splitNames.flatMap((name) => split[name]).find((id) => !clips.has(id));
  if (unknown !== undefined) {
    throw new UndertoneError(
      "dataset-invalid",
      `The split names ${unknown}, which ${manifest.root} does not hold. Use the data it was made from.`,
    );
  }
  if (split.protocol === "random") return;
  const learned = [...split.train, ...split.validation].map((id) => clips.get(id)!);
  const isSingleSpeaker = speakersOf(learned).length === 1;
  const find = (what: string, propertyOf: (id: string) => string | undefined): void => {
    const seen = new Map<string, { name: SplitName; id: string }>();
    for (const name of splitNames) {
      for (const id of split[name]) {
        const property = propertyOf(id);
        if (property === undefined) continue;
        const before = seen.get(property);
        seen.set(property, { name, id });
        if (!before || before.name === name) continue;
        if (name === "validation" && what === "the speaker" && isSingleSpeaker) continue;
        const shared = what === "the audio of" ? `${before.id} and ${id}` : property;
        throw new UndertoneError(
          "split-leaks",
          `Fold ${split.fold} of ${split.protocol} has ${what} ${shared} ` +
            `in both ${before.name} and ${name}, so its scores would mean nothing.`,
        );
      }
    }
  };
  find("the clip", (id) => id);
  find("the speaker", (id) => recordedSpeaker(clips.get(id)));
  find("the audio of", (id) => audioHashes.get(id));
}

/** Who wrote a text does not give its emotion away as a voice may. */
function recordedSpeaker(utterance: Utterance | undefined): string | undefined {
  return utterance && isRecorded(utterance) ? utterance.speakerId : undefined;
}
