import { addNoise } from "../audio/augmentation/noise.ts";
import { findSpeech } from "../audio/speech-activity.ts";
import type { Random } from "../shared/random.ts";
import { joinTurns, type Turn } from "../shared/turns.ts";

/** Someone who talks in a conversation. */
export interface Participant {
  readonly speaker: string;
  /** Mono clips of their speech at one rate. */
  readonly clips: readonly Float32Array[];
}

export interface ConversationShape {
  /** Hz, of all clips. */
  readonly sampleRate: number;
  /** Of the conversation; the last turn may exceed it. */
  readonly lengthSec: number;
  /** Share of the speech that two speak at once, at most. */
  readonly overlapShare: number;
  /** Pink noise over all of it, as strong as this against the conversation; by default there is none. */
  readonly snrDb?: number | undefined;
}

export interface Conversation {
  readonly samples: Float32Array;
  /** Who speaks when; a speaker's pauses below 0.3 s are part of a turn. */
  readonly turns: readonly Turn[];
}

/** Where speech begins and ends, by the clip alone, before anything is mixed with it. */
const activity = { paddingSec: 0.02, minPauseSec: 0.3 };
const speakerLevelDb = [-30, -20] as const;
const roomDb = -66;
const clipsPerTurn = 3;
const pauseWithinSec = [0.1, 0.5] as const;
const pauseBetweenSec = [0.05, 1.2] as const;
const overlapSec = [0.3, 1] as const;
const fadeSec = 0.01;

interface Spoken {
  readonly samples: Float32Array;
  readonly parts: readonly { readonly startSec: number; readonly endSec: number }[];
}

/**
 * Returns a conversation made of clips: turns of one to three clips each, with pauses within and between, some of which begin before the
 * last one ends; of a single participant turns follow each other. Speakers differ in loudness by up to 10 dB; a faint noise lies under all. The same random numbers, the same conversation.
 * @throws RangeError where there is no speaker, and where one has no clip with speech
 */
export function buildConversation(
  participants: readonly Participant[],
  shape: ConversationShape,
  random: Random,
): Conversation {
  const { sampleRate, lengthSec, overlapShare, snrDb } = shape;
  if (participants.length === 0) throw new RangeError("buildConversation: nobody speaks");
  const voices = participants.map((each) => new Voice(each, sampleRate, random));
  const placed: (Spoken & { readonly atSec: number })[] = [];
  const turns: Turn[] = [];
  let [endSec, speechSec, sharedSec] = [0.5, 0, 0];
  let last: Voice | undefined;
  while (endSec < lengthSec) {
    const voice = random.pick(
      voices.length === 1 ? voices : voices.filter((each) => each !== last),
    );
    const clips = Array.from({ length: 1 + random.integer(clipsPerTurn) }, () =>
      voice.next(random),
    );
    const isOther = last !== undefined && last !== voice;
    const mayOverlap = isOther && sharedSec < overlapShare * speechSec;
    const backSec = mayOverlap ? random.uniform(...overlapSec) : 0;
    let atSec = mayOverlap ? endSec - backSec : endSec + random.uniform(...pauseBetweenSec);
    sharedSec += backSec;
    for (const clip of clips) {
      placed.push({ ...clip, atSec });
      for (const part of clip.parts) {
        const { startSec, endSec: stopSec } = part;
        turns.push({ startSec: atSec + startSec, endSec: atSec + stopSec, speaker: voice.speaker });
        speechSec += stopSec - startSec;
      }
      const clipSec = clip.samples.length / sampleRate;
      endSec = Math.max(endSec, atSec + clipSec);
      atSec += clipSec + random.uniform(...pauseWithinSec);
    }
    last = voice;
  }
  const mixed = new Float32Array(Math.ceil((endSec + 0.5) * sampleRate));
  for (const { samples, atSec } of placed) {
    const from = Math.round(atSec * sampleRate);
    for (const [n, sample] of samples.entries()) mixed[from + n]! += sample;
  }
  const room = 10 ** (roomDb / 20);
  for (let n = 0; n < mixed.length; n++) mixed[n]! += room * random.normal();
  const samples = snrDb === undefined ? mixed : addNoise(mixed, { snrDb, color: "pink" }, random);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return {
    samples: peak > 0.99 ? samples.map((sample) => (sample * 0.99) / peak) : samples,
    turns: joinTurns(turns, activity.minPauseSec),
  };
}

/** A participant's clips in random order, again and again, from the start of their speech to its end and at one loudness. */
class Voice {
  readonly speaker: string;
  readonly #spoken: readonly Spoken[];
  #waiting: Spoken[] = [];

  constructor({ speaker, clips }: Participant, sampleRate: number, random: Random) {
    this.speaker = speaker;
    const levelDb = random.uniform(...speakerLevelDb);
    this.#spoken = clips.flatMap((clip) => spokenPart(clip, sampleRate, levelDb) ?? []);
    if (this.#spoken.length === 0) {
      throw new RangeError(`buildConversation: ${speaker} has no clip with speech`);
    }
  }

  next(random: Random): Spoken {
    if (this.#waiting.length === 0) this.#waiting = random.shuffle(this.#spoken);
    return this.#waiting.pop()!;
  }
}

function spokenPart(clip: Float32Array, sampleRate: number, levelDb: number): Spoken | undefined {
  const regions = findSpeech(clip, sampleRate, activity);
  const [first, last] = [regions[0], regions.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const samples = clip.slice(
    Math.floor(first.startSec * sampleRate),
    Math.ceil(last.endSec * sampleRate),
  );
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
  const gain = 10 ** (levelDb / 20) / rms;
  const fade = fadeSec * sampleRate;
  return {
    samples: samples.map(
      (sample, n) => sample * gain * Math.min(1, n / fade, (samples.length - 1 - n) / fade),
    ),
    parts: regions.map(({ startSec, endSec }) => ({
      startSec: startSec - first.startSec,
      endSec: endSec - first.startSec,
    })),
  };
}
