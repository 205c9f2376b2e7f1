import { readFile, writeFile } from "node:fs/promises";
import type { Conversation } from "../../src/datasets/conversation.ts";
import { evenLevel } from "../../src/diarization/even-level.ts";
import { SpeechWindows } from "../../src/diarization/speech-windows.ts";
import type { VoiceEncoder, VoiceFrames } from "../../src/diarization/voice-frames.ts";
import type { SpeechRegion } from "../../src/audio/speech-activity.ts";
import type { Turn } from "../../src/shared/turns.ts";

/** Speech without a pause, with its windows and the frames of all of it. */
export interface EncodedRegion extends SpeechRegion {
  readonly windows: readonly SpeechRegion[];
  readonly frames: VoiceFrames;
}

/** A conversation as diarization encodes it, and who speaks when. */
export interface EncodedConversation {
  readonly turns: readonly Turn[];
  readonly regions: readonly EncodedRegion[];
}

type Described = Omit<EncodedRegion, "frames"> & {
  readonly frames: Omit<VoiceFrames, "layers"> & { readonly count: number };
};

/** Returns what was kept in files of this name, without their ending; or else encodes a conversation, and keeps it if there is a name. */
export async function encodedConversation(
  conversation: () => Promise<Conversation>,
  voice: VoiceEncoder,
  name?: string,
): Promise<EncodedConversation> {
  const kept = name === undefined ? undefined : await readKept(name);
  if (kept) return kept;
  const { samples, turns } = await conversation();
  const windows = new SpeechWindows(sampleRate);
  const regions: EncodedRegion[] = [];
  for (const { samples: spoken, ...region } of [...windows.push(samples), ...windows.finish()]) {
    regions.push({ ...region, frames: await voice.encode(evenLevel(spoken, sampleRate)) });
  }
  if (name !== undefined) await keep(name, { turns, regions });
  return { turns, regions };
}

const sampleRate = 16_000;

async function keep(name: string, { turns, regions }: EncodedConversation): Promise<void> {
  const described = regions.map(({ frames: { layers, width, perSec }, ...region }): Described => {
    return { ...region, frames: { count: layers[0]!.length / width, width, perSec } };
  });
  const layers = regions.flatMap(({ frames }) => frames.layers);
  const bytes = layers.map((layer) => new Uint8Array(layer.slice().buffer));
  await writeFile(`${name}.f32`, Buffer.concat(bytes));
  await writeFile(`${name}.json`, JSON.stringify({ turns, regions: described }));
}

async function readKept(name: string): Promise<EncodedConversation | undefined> {
  let text: string;
  try {
    text = await readFile(`${name}.json`, "utf8");
  } catch {
    return undefined;
  }
  const { turns, regions }: { turns: Turn[]; regions: Described[] } = JSON.parse(text);
  const values = new Float32Array(new Uint8Array(await readFile(`${name}.f32`)).buffer);
  const total = regions.reduce((sum, { frames }) => sum + frames.count * frames.width, 0);
  const layerCount = values.length / total;
  let at = 0;
  return {
    turns,
    regions: regions.map(({ frames: { count, width, perSec }, ...region }) => {
      const layers = Array.from({ length: layerCount }, () => {
        at += count * width;
        return values.subarray(at - count * width, at);
      });
      return { ...region, frames: { layers, width, perSec } };
    }),
  };
}
