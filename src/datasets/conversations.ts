import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAudio } from "../audio/load.node.ts";
import { encodeWav } from "../audio/wav.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import { formatRttm } from "../shared/rttm.ts";
import { buildConversation, type ConversationShape } from "./conversation.ts";
import { speakersOf, unknownSpeaker, type Clip } from "./manifest.ts";
import { createFolder } from "./new-folder.ts";
import { cutSegment } from "./segment.ts";

export interface ConversationsOptions extends Omit<ConversationShape, "sampleRate"> {
  /** Who speak in each conversation. */
  readonly speakers: number;
  readonly conversations: number;
  readonly seed: number;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

const sampleRate = 16_000;
/** Clips of a speaker that one conversation may hold. */
const mostClips = 40;

/**
 * Writes conversations made of a corpus's clips, each a mono WAV of 16 kHz and an RTTM file of the same name with who speaks when. Speakers
 * are drawn for each conversation anew.
 * @throws UndertoneError `usage` when `root` is not empty, `dataset-invalid` where the clips have too few speakers, and what reading clips throws
 */
export async function writeConversations(
  root: string,
  clips: readonly Clip[],
  options: ConversationsOptions,
): Promise<void> {
  const { speakers, conversations, seed, onProgress, signal } = options;
  const known = speakersOf(clips).filter((speaker) => speaker !== unknownSpeaker);
  if (known.length < speakers) {
    const message = `Conversations of ${speakers} need as many speakers: these clips have ${known.length}.`;
    throw new UndertoneError("dataset-invalid", message);
  }
  await createFolder(root, async (folder) => {
    for (let index = 1; index <= conversations; index++) {
      const random = new Random(seed, "conversation", speakers, index);
      const chosen = random.shuffle(known).slice(0, speakers);
      const participants = [];
      for (const speaker of chosen) {
        throwIfCancelled(signal);
        const own = random.shuffle(clips.filter(({ speakerId }) => speakerId === speaker));
        const samples = [];
        for (const clip of own.slice(0, mostClips)) samples.push(await samplesOf(clip));
        participants.push({ speaker, clips: samples });
      }
      const { samples, turns } = buildConversation(
        participants,
        { ...options, sampleRate },
        random,
      );
      const name = `conversation-${speakers}-${String(index).padStart(3, "0")}`;
      await writeFile(join(folder, `${name}.wav`), encodeWav(samples, sampleRate));
      await writeFile(join(folder, `${name}.rttm`), formatRttm(name, turns));
      const total = conversations;
      onProgress?.({ label: "Mixing", done: index, total, unit: "conversations" });
    }
  });
}

async function samplesOf({ path, segment }: Clip): Promise<Float32Array> {
  const { samples } = await loadAudio(path, { sampleRate });
  return cutSegment(samples, sampleRate, segment);
}
