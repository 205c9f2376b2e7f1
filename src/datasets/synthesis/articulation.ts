import type { Random } from "../../shared/random.ts";
import type { Formants, Noise, Syllable } from "./sentences.ts";
import type { Prosody, Voice } from "./voices.ts";

/** What the mouth and the throat do every `frameLength` samples. */
export interface Frame {
  readonly pitchHz: number;
  /** Amplitude of voicing, 0 to about 1. */
  readonly voicing: number;
  readonly formants: Formants;
  readonly noise: Noise | undefined;
}

const neutralSyllableSec = 0.21;
const accentSemitones = 3;

/**
 * Speaks syllables as frames of `frameSec`: pitch declines along the sentence, rises on stressed
 * syllables, and ends as the contour says; formants glide from vowel to vowel.
 */
export function articulate(
  syllables: readonly Syllable[],
  { voice, prosody, frameSec }: { voice: Voice; prosody: Prosody; frameSec: number },
  random: Random,
): Frame[] {
  const frames: Frame[] = [];
  let drift = 0; // semitones
  let formants = syllables[0]!.vowel;
  for (const [index, { onset, vowel, stressed }] of syllables.entries()) {
    const last = index === syllables.length - 1;
    const lengthening = (stressed ? 1.15 : 0.8) * (last ? 1.4 : 1) * 2 ** (0.15 * random.normal());
    const syllableSec = (neutralSyllableSec * lengthening) / prosody.tempo;
    const accent = stressed ? accentSemitones * prosody.range * random.uniform(0.6, 1.3) : 0;
    const onsetFrames = onset ? Math.round(onset.seconds / frameSec) : 0;
    const count = onsetFrames + Math.max(8, Math.round(syllableSec / frameSec));
    const undershoot = random.uniform(0.6, 1);
    for (let frame = 0; frame < count; frame++) {
      const inVowel = (frame - onsetFrames) / (count - onsetFrames); // 0 to 1 within the vowel
      const place = (index + frame / count) / syllables.length; // 0 to 1 along the sentence
      drift = 0.98 * drift + 0.05 * prosody.range * random.normal();
      const semitones =
        prosody.pitch +
        prosody.contour * (place - 0.5) * (0.5 + place) +
        accent * Math.sin(Math.PI * Math.max(0, inVowel)) +
        drift;
      formants = glide(formants, vowel, 0.06 * undershoot);
      frames.push({
        pitchHz: Math.max(50, voice.pitchHz * 2 ** (semitones / 12)),
        voicing: inVowel < 0 ? 0 : envelope(inVowel) * (stressed ? 1 : 0.7),
        formants,
        noise: inVowel < 0 ? onset : undefined,
      });
    }
  }
  return frames;
}

const glide = (from: Formants, to: Formants, share: number): Formants => [
  from[0] + share * (to[0] - from[0]),
  from[1] + share * (to[1] - from[1]),
  from[2] + share * (to[2] - from[2]),
];

/** Opens within a tenth of the vowel and closes over its last third. */
const envelope = (place: number): number => Math.min(1, place * 10, (1 - place) * 3 + 0.05);
