import { join } from "node:path";
import { loadAudio } from "../../src/audio/load.node.ts";
import { listAudioFiles } from "../../src/datasets/corpus-files.ts";
import { speakersOf, type Clip } from "../../src/datasets/manifest.ts";
import { diarize, type SpeakerEmbedding } from "../../src/diarization/diarize.ts";
import { conversationOf, type Setting } from "./conversations.ts";

const sampleRate = 16_000;
/** Every other speaker, or recording, has noise. */
const snrDb = 15;

/** Returns a row for each kind of recording: how many speak, in which speech, how long, and in how many that number is found. */
export async function countRows(
  clips: readonly Clip[],
  encoder: SpeakerEmbedding,
  speech?: string,
): Promise<string[][]> {
  const rows: string[][] = [];
  const neutral = clips.filter(({ emotion }) => emotion === "neutral");
  // Some of them are enough.
  const speakers = speakersOf(clips).filter((_, index) => index % 4 === 0);
  async function add(given: Setting, kind: string, froms: readonly (readonly Clip[])[]) {
    const counts: number[] = [];
    for (const [index, from] of froms.entries()) {
      const setting = {
        ...given,
        clipsPerSpeaker: Math.ceil(given.lengthSec / 2),
        snrDb: index % 2 === 0 ? undefined : snrDb,
      };
      const name = ["test", "count", kind, setting.lengthSec, index] as const;
      const { samples } = await conversationOf(from, setting, ...name);
      counts.push(await countOf(samples, encoder));
    }
    rows.push(rowOf({ ...given, kind, length: `${given.lengthSec} s` }, counts));
    process.stderr.write(`${rows.at(-1)!.join("  ")}\n`);
  }
  for (const [kind, from, lengths] of [
    ["neutral", neutral, [10, 20]],
    ["all emotions", clips, [10, 20, 40]],
  ] as const) {
    const ofEach = speakers.map((name) => from.filter(({ speakerId }) => speakerId === name));
    for (const lengthSec of lengths)
      await add({ speakers: 1, lengthSec, overlapShare: 0 }, kind, ofEach);
  }
  for (const lengthSec of [10, 20, 40]) {
    const setting = { speakers: 2, lengthSec, overlapShare: 0.05 };
    await add(
      setting,
      "all emotions",
      Array.from({ length: 6 }, () => clips),
    );
  }
  if (speech === undefined) return rows;
  const read: number[] = [];
  for (const [index, file] of (await listAudioFiles(speech)).entries()) {
    // The other half is for looking at while building.
    if (index % 2 === 0) continue;
    const { samples } = await loadAudio(join(speech, file), { sampleRate });
    read.push(await countOf(samples, encoder));
  }
  rows.push(rowOf({ speakers: 1, kind: "read", length: "files" }, read));
  return rows;
}

async function countOf(samples: Float32Array, encoder: SpeakerEmbedding): Promise<number> {
  const turns = await diarize([samples], encoder);
  return new Set(turns.map(({ speaker }) => speaker)).size;
}

function rowOf(
  { speakers, kind, length }: { speakers: number; kind: string; length: string },
  counts: readonly number[],
): string[] {
  const found = counts.filter((count) => count === speakers).length;
  return [String(speakers), kind, length, `${found} of ${counts.length}`];
}
