import type { Emotion } from "../../shared/emotions.ts";
import type { Random } from "../../shared/random.ts";

/** How a clip sounds beside the same speaker's neutral voice. */
export interface Prosody {
  /** Mean pitch, semitones. */
  readonly pitch: number;
  /** Size of the pitch accents, as a factor. */
  readonly range: number;
  /** Pitch at the end of the sentence against its start, semitones. */
  readonly contour: number;
  /** Syllables a second, as a factor. */
  readonly tempo: number;
  /** Level, dB. */
  readonly level: number;
  /** Energy at high frequencies: corner of the glottal low-pass, octaves. */
  readonly brightness: number;
  /** Aspiration noise against voicing, as a factor. */
  readonly breath: number;
  /** Deviation of the period from one pulse to the next, as a factor. */
  readonly jitter: number;
}

/**
 * Directions and order of the emotions as the reviews report them; the sizes are ours, of a moderate
 * actor. `calm` follows their tenderness, and `disgust`, where studies disagree, the slow and low of
 * Banse & Scherer.
 * @see Juslin & Laukka 2003, https://doi.org/10.1037/0033-2909.129.5.770
 * @see Scherer 2003, https://doi.org/10.1016/S0167-6393(02)00084-5
 * @see Banse & Scherer 1996, https://doi.org/10.1037/0022-3514.70.3.614
 */
const prosodyOf: Readonly<Record<Emotion, Prosody>> = {
  neutral: {
    pitch: 0,
    range: 1,
    contour: -2,
    tempo: 1,
    level: 0,
    brightness: 0,
    breath: 1,
    jitter: 1,
  },
  calm: {
    pitch: -1,
    range: 0.7,
    contour: -3,
    tempo: 0.85,
    level: -4,
    brightness: -0.5,
    breath: 2,
    jitter: 0.8,
  },
  happy: {
    pitch: 4,
    range: 1.9,
    contour: 1,
    tempo: 1.12,
    level: 4,
    brightness: 0.5,
    breath: 0.9,
    jitter: 1,
  },
  sad: {
    pitch: -2,
    range: 0.5,
    contour: -4,
    tempo: 0.72,
    level: -7,
    brightness: -1,
    breath: 2.6,
    jitter: 1.8,
  },
  angry: {
    pitch: 3,
    range: 1.6,
    contour: -4,
    tempo: 1.15,
    level: 9,
    brightness: 1.2,
    breath: 0.5,
    jitter: 1.6,
  },
  fearful: {
    pitch: 6,
    range: 0.7,
    contour: 0,
    tempo: 1.3,
    level: 1,
    brightness: 0.1,
    breath: 1.8,
    jitter: 3,
  },
  disgust: {
    pitch: -3,
    range: 1.3,
    contour: -5,
    tempo: 0.75,
    level: 1,
    brightness: 0.4,
    breath: 0.8,
    jitter: 3,
  },
  surprised: {
    pitch: 6,
    range: 2.5,
    contour: 6,
    tempo: 1.0,
    level: 5,
    brightness: 0.5,
    breath: 1,
    jitter: 1,
  },
};

/** A synthetic speaker: a body and habits. */
export interface Voice {
  /** Mean fundamental frequency of the neutral voice, Hz. */
  readonly pitchHz: number;
  /** Formants against those of an average man; a shorter vocal tract raises them. */
  readonly formantFactor: number;
  /** Habits, added to every clip's prosody. */
  readonly habits: Prosody;
  /** How far the speaker goes in each emotion, 1 for an average actor. */
  readonly expressiveness: number;
}

export function drawVoice(sex: "female" | "male", random: Random): Voice {
  const woman = sex === "female";
  return {
    pitchHz: (woman ? 200 : 115) * 2 ** (random.normal() * 0.18),
    formantFactor: (woman ? 1.16 : 1) * (1 + 0.04 * random.normal()),
    habits: vary(prosodyOf.neutral, random, 0.5),
    expressiveness: random.uniform(0.75, 1.25),
  };
}

/**
 * The prosody of one clip: the emotion's, as far as speaker and clip go in it, with the speaker's
 * habits and what differs from one take to the next.
 */
export function drawProsody(
  voice: Voice,
  { emotion, strong }: { readonly emotion: Emotion; readonly strong: boolean },
  random: Random,
): Prosody {
  const effect = voice.expressiveness * (strong ? 1.2 : 0.9) * random.uniform(0.8, 1.2);
  const meant = mix(voice.habits, prosodyOf[emotion], effect);
  return vary(meant, random, 1);
}

/** `habits` moved by `effect` times what the emotion differs from neutral. */
function mix(habits: Prosody, emotion: Prosody, effect: number): Prosody {
  const neutral = prosodyOf.neutral;
  const add = (key: keyof Prosody): number => habits[key] + effect * (emotion[key] - neutral[key]);
  const scale = (key: keyof Prosody): number => habits[key] * emotion[key] ** effect;
  return {
    pitch: add("pitch"),
    range: scale("range"),
    contour: add("contour"),
    tempo: scale("tempo"),
    level: add("level"),
    brightness: add("brightness"),
    breath: scale("breath"),
    jitter: scale("jitter"),
  };
}

function vary(prosody: Prosody, random: Random, size: number): Prosody {
  const add = (value: number, deviation: number): number =>
    value + size * deviation * random.normal();
  const scale = (value: number, octaves: number): number =>
    value * 2 ** (size * octaves * random.normal());
  return {
    pitch: add(prosody.pitch, 1),
    range: scale(prosody.range, 0.3),
    contour: add(prosody.contour, 1.2),
    tempo: scale(prosody.tempo, 0.1),
    level: add(prosody.level, 2),
    brightness: add(prosody.brightness, 0.3),
    breath: scale(prosody.breath, 0.4),
    jitter: scale(prosody.jitter, 0.4),
  };
}
