import { loadAudio } from "../../src/audio/load.node.ts";
import { buildConversation, type Conversation } from "../../src/datasets/conversation.ts";
import { speakersOf, type Clip } from "../../src/datasets/manifest.ts";
import { Random } from "../../src/shared/random.ts";

const sampleRate = 16_000;
const clipsPerSpeaker = 30;

export interface Setting {
  readonly speakers: number;
  readonly lengthSec: number;
  readonly overlapShare: number;
  readonly snrDb?: number | undefined;
}

/** Returns a conversation of some of the clips' speakers. */
export async function conversationOf(
  clips: readonly Clip[],
  setting: Setting,
  ...seed: readonly (string | number)[]
): Promise<Conversation> {
  const random = new Random("diarization conversation", ...seed);
  const chosen = random.shuffle(speakersOf(clips)).slice(0, setting.speakers);
  const participants = await Promise.all(
    chosen.map(async (speaker) => {
      const own = random.shuffle(clips.filter(({ speakerId }) => speakerId === speaker));
      const loaded = own
        .slice(0, clipsPerSpeaker)
        .map(({ path }) => loadAudio(path, { sampleRate }));
      return { speaker, clips: (await Promise.all(loaded)).map(({ samples }) => samples) };
    }),
  );
  return buildConversation(participants, { ...setting, sampleRate }, random);
}
