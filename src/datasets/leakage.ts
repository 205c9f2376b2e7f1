import { UndertoneError } from "../shared/errors.ts";
import { isRecorded, type Manifest, type Utterance } from "./manifest.ts";
import type { AudioHashes, Split } from "./splits.ts";

/**
 * Refuses a split that shares a clip, a recorded speaker or identical audio between two of its sides.
 * The protocol `random` shares them by its nature and passes.
 * @throws UndertoneError `split-leaks` naming what is shared; `dataset-invalid` for an unknown clip
 */
export function assertNoLeakage(
  split: Split,
  manifest: Manifest<Utterance>,
  audioHashes: AudioHashes,
): void {
  const clips = new Map(manifest.clips.map((clip) => [clip.id, clip]));
  const sides = { train: split.train, validation: split.validation, test: split.test };
  for (const id of Object.values(sides).flat()) {
    if (clips.has(id)) continue;
    throw new UndertoneError(
      "dataset-invalid",
      `The split names ${id}, which ${manifest.root} does not hold. Use the data it was made from.`,
    );
  }
  if (split.protocol === "random") return;
  const properties = {
    "the clip": (id: string) => id,
    "the speaker": (id: string) => recordedSpeaker(clips.get(id)),
    "the audio of": (id: string) => audioHashes.get(id),
  };
  for (const [what, propertyOf] of Object.entries(properties)) {
    const seen = new Map<string, { side: string; id: string }>();
    for (const [side, ids] of Object.entries(sides)) {
      for (const id of ids) {
        const property = propertyOf(id);
        if (property === undefined) continue;
        const before = seen.get(property);
        if (before && before.side !== side) {
          const name = what === "the audio of" ? `${before.id} and ${id}` : property;
          throw new UndertoneError(
            "split-leaks",
            `Fold ${split.fold} of ${split.protocol} has ${what} ${name} ` +
              `in both ${before.side} and ${side}, so its scores would mean nothing.`,
          );
        }
        seen.set(property, { side, id });
      }
    }
  }
}

/** Who wrote a text does not give its emotion away as a voice may. */
function recordedSpeaker(utterance: Utterance | undefined): string | undefined {
  return utterance && isRecorded(utterance) ? utterance.speakerId : undefined;
}
