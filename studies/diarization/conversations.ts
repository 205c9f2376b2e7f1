import {
  augmentWaveform,
  type WaveformAugmentation,
} from "../../src/audio/augmentation/waveform.ts";
import { loadAudio } from "../../src/audio/load.node.ts";
import { buildConversation, type Conversation } from "../../src/datasets/conversation.ts";
import { speakersOf, type Clip } from "../../src/datasets/manifest.ts";
import { Random } from "../../src/shared/random.ts";

const sampleRate = 16_000;

export interface Setting {
  readonly speakers: number;
  readonly lengthSec: number;
  readonly overlapShare: number;
  readonly snrDb?: number | undefined;
  /** What all of it goes through. */
  readonly channel?: WaveformAugmentation | undefined;
  /** Of each speaker, at most; by default one for each 2.5 s, and 30 at least. */
  readonly clipsPerSpeaker?: number | undefined;
}

/** Returns a conversation of some of the clips' speakers. */
export async function conversationOf(
  clips: readonly Clip[],
  setting: Setting,
  ...seed: readonly (string | number)[]
): Promise<Conversation> {
  const { clipsPerSpeaker = Math.max(30, setting.lengthSec / 2.5) } = setting;
  const random = new Random("diarization conversation", ...seed);
  const chosen = random.shuffle(speakersOf(clips)).slice(0, setting.speakers);
  const participants = [];
  for (const speaker of chosen) {
    const own = random.shuffle(clips.filter(({ speakerId }) => speakerId === speaker));
    const loaded: Float32Array[] = [];
    // One after the other: each decodes in a process.
    for (const { path } of own.slice(0, clipsPerSpeaker)) {
      loaded.push((await loadAudio(path, { sampleRate })).samples);
    }
    participants.push({ speaker, clips: loaded });
  }
  const conversation = buildConversation(participants, { ...setting, sampleRate }, random);
  const { channel: augmentation } = setting;
  if (augmentation === undefined) return conversation;
  const samples = augmentWaveform(
    conversation.samples,
    { sampleRate, augmentation },
    new Random("diarization channel", ...seed),
  );
  return { ...conversation, samples };
}
