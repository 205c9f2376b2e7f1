/** Formants F1 to F3 of a vowel, Hz, as an average man speaks it. */
export type Formants = readonly [number, number, number];

/** Noise of a consonant: center and bandwidth in Hz, length in seconds, level against the vowel. */
export interface Noise {
  readonly centerHz: number;
  readonly bandwidthHz: number;
  readonly seconds: number;
  readonly level: number;
}

/** A consonant and a vowel. Stressed ones are longer, louder and carry the pitch accents. */
export interface Syllable {
  readonly onset: Noise | undefined;
  readonly vowel: Formants;
  readonly stressed: boolean;
}

/** Men's means. @see Peterson & Barney 1952, https://doi.org/10.1121/1.1906875 */
const vowels = {
  i: [270, 2290, 3010],
  I: [390, 1990, 2550],
  a: [730, 1090, 2440],
  A: [660, 1720, 2410],
  O: [570, 840, 2410],
  U: [440, 1020, 2240],
  e: [490, 1350, 1690],
} as const satisfies Record<string, Formants>;

const consonants = {
  k: { centerHz: 1900, bandwidthHz: 700, seconds: 0.05, level: 0.35 },
  t: { centerHz: 4000, bandwidthHz: 1800, seconds: 0.04, level: 0.35 },
  d: { centerHz: 3000, bandwidthHz: 1500, seconds: 0.025, level: 0.2 },
  b: { centerHz: 700, bandwidthHz: 600, seconds: 0.02, level: 0.2 },
  s: { centerHz: 5500, bandwidthHz: 2000, seconds: 0.09, level: 0.25 },
} as const satisfies Record<string, Noise>;

/** `k`, vowel, `!` for stress: `kI!` */
function syllables(text: string): Syllable[] {
  return text.split(" ").map((syllable) => {
    const [, onset = "", vowel = "", stress] = /^([ktdbs]?)([iIaAOUe])(!?)$/.exec(syllable) ?? [];
    return {
      onset: Object.entries(consonants).find(([name]) => name === onset)?.[1],
      vowel: Object.entries(vowels).find(([name]) => name === vowel)![1],
      stressed: stress === "!",
    };
  });
}

/** The two sentences of RAVDESS in rough sound: "Kids …" and "Dogs are talking by the door". */
export const sentences: readonly (readonly Syllable[])[] = [
  syllables("kI! sa tO! kI ba! de dO!"),
  syllables("dO! sa sI! tI ba! de dO!"),
];
