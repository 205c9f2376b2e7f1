import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";

interface CorpusPart {
  readonly speakers: readonly string[];
  readonly labels: readonly string[];
}

/** Writes synthetic speech of seven speakers, and a table NAME.csv of each part of it, as corpora of their own. */
export async function writeCorpora(
  folder: string,
  parts: Readonly<Record<string, CorpusPart>>,
  clipsPerEmotion = 1,
): Promise<void> {
  const clips = join(folder, "clips");
  await synthesizeCorpus(clips, { speakers: 7, clipsPerEmotion, seed: 1 });
  const corpus = await readCorpus(clips);
  for (const [name, { speakers, labels }] of Object.entries(parts)) {
    const rows = corpus.clips
      .filter(({ speakerId, emotion }) => speakers.includes(speakerId) && labels.includes(emotion))
      .map(({ path, emotion, speakerId }) => `${path},${emotion},${Number(speakerId) % 3}`);
    await writeFile(join(folder, `${name}.csv`), ["path,emotion,speaker", ...rows].join("\n"));
  }
}
