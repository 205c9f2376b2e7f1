import { createHash } from "node:crypto";
import type { Utterance } from "../datasets/manifest.ts";
import type { Example } from "../models/example.ts";

/** A clip of a corpus as models take it: the one type from manifest to batch. */
export interface ClipExample extends Example {
  readonly clip: Utterance;
  /** Hash of the decoded samples: equal for copies of the same recording. */
  readonly audioHash?: string;
}

/** Returns the SHA-256 of ids, labels, words, sounds and ratings, in hexadecimal digits. */
export function digestOf(examples: readonly ClipExample[]): string {
  const hash = createHash("sha256");
  for (const { clip, transcript, audioHash, dimensions = [] } of examples) {
    const facts = [clip.id, clip.emotion, transcript?.text, audioHash, ...dimensions];
    hash.update(JSON.stringify(facts));
  }
  return hash.digest("hex");
}

/** Returns an example with inputs added to each of its views. */
export function withInputs(example: ClipExample, inputs: Example["views"][number]): ClipExample {
  const [first, ...others] = example.views.map((view) => ({ ...view, ...inputs }));
  return { ...example, views: [first!, ...others] };
}
