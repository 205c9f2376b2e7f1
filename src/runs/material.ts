import { createHash } from "node:crypto";
import type { Utterance } from "../datasets/manifest.ts";
import type { Inputs } from "./examples.ts";

/** Words as they reach a model: what was written, or what a recognizer made of the sound. */
export interface Transcript {
  readonly text: string;
  /** 0 to 1: how sure the recognizer is of its words; 1 for words that were written. */
  readonly confidence: number;
}

/** What there is of one utterance before a fold decides which words its model knows. */
export interface Material {
  readonly utterance: Utterance;
  /** Inputs from its sound as it is, then from changed versions; one without names for a text. */
  readonly sounds: readonly [Inputs, ...Inputs[]];
  /** Hash of the decoded samples: equal for copies of the same recording. */
  readonly audioHash?: string;
  readonly transcript?: Transcript;
}

/** SHA-256 of ids, emotions, words and sounds, in hexadecimal digits: another one for other content of the same corpus. */
export function digestOf(materials: readonly Material[]): string {
  const hash = createHash("sha256");
  for (const { utterance, transcript, audioHash } of materials) {
    hash.update(JSON.stringify([utterance.id, utterance.emotion, transcript?.text, audioHash]));
  }
  return hash.digest("hex");
}
