import { join } from "node:path";
import { loadAudio } from "../src/audio/load.node.ts";
import { listAudioFiles } from "../src/datasets/corpus-files.ts";
import type { Clip } from "../src/datasets/manifest.ts";
import { readCorpus } from "../src/datasets/read-corpus.ts";
import { Random } from "../src/shared/random.ts";
import { synthesizedSpeech } from "./espeak.ts";
import { changes, sampleRate, sounds } from "./strange-sounds.ts";

/** A sound to try a model on, with its emotion where it has one. */
export interface Sound {
  readonly samples: Float32Array;
  readonly label?: string;
}

/** Sounds of one kind. */
export interface SoundGroup {
  readonly name: string;
  readonly sounds: readonly Sound[];
}

const soundsOf = (all: readonly Float32Array[]): Sound[] => all.map((samples) => ({ samples }));

async function clipSound({ path, emotion }: Clip): Promise<Sound> {
  return { samples: (await loadAudio(path, { sampleRate })).samples, label: emotion };
}

/** Clips of a corpus as sounds. */
export async function clipSounds(clips: readonly Clip[]): Promise<Sound[]> {
  return Promise.all(clips.map(clipSound));
}

/** So many of some things, drawn. */
function drawn<T>(some: readonly T[], count: number): T[] {
  const random = new Random("out of domain");
  const keyed = some.map((one) => ({ key: random.uniform(), one }));
  const inOrder = keyed.toSorted((a, b) => a.key - b.key);
  return inOrder.slice(0, count).map(({ one }) => one);
}

/** Noise and music, clips that were made strange, and speech of a synthesizer. */
export async function strangeSounds(clips: readonly Clip[]): Promise<SoundGroup[]> {
  const groups = Object.entries(sounds).map(([name, make]) => {
    const takes = Array.from({ length: 20 }, (_, take) => make(3, new Random(name, take)));
    return { name, sounds: soundsOf(takes) };
  });
  const plain = await clipSounds(drawn(clips, 40));
  for (const [name, change] of Object.entries(changes)) {
    const changed = plain.map(({ samples }, take) => change(samples, new Random(name, take)));
    groups.push({ name: `validation clips ${name}`, sounds: soundsOf(changed) });
  }
  for (const [name, said] of await synthesizedSpeech(sampleRate))
    groups.push({ name, sounds: soundsOf(said) });
  return groups;
}

/** Acted speech of another corpus, and read speech, each where its folder is given. */
export async function otherSpeech({
  crema,
  speech,
}: {
  readonly crema?: string | undefined;
  readonly speech?: string | undefined;
}): Promise<SoundGroup[]> {
  const groups: SoundGroup[] = [];
  if (crema !== undefined) {
    const { clips } = await readCorpus(crema);
    const shouted = clips.filter(
      ({ emotion, intensity }) => emotion === "angry" && intensity === "strong",
    );
    groups.push(
      { name: "CREMA-D, all emotions", sounds: await clipSounds(drawn(clips, 120)) },
      { name: "CREMA-D, anger at its strongest", sounds: await clipSounds(drawn(shouted, 40)) },
    );
  }
  if (speech !== undefined) {
    const read = drawn(await listAudioFiles(speech), 60).map(
      async (file) => (await loadAudio(join(speech, file), { sampleRate })).samples,
    );
    groups.push({ name: "read speech", sounds: soundsOf(await Promise.all(read)) });
  }
  return groups;
}
