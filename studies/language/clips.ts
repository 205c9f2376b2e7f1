import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** One recording of a known language. */
export interface StudyClip {
  readonly path: string;
  /** ISO 639-1 code. */
  readonly language: string;
  /** Row of the results. */
  readonly group: string;
  /** Who or what speaks; no speaker is in both splits. */
  readonly speaker: string;
  readonly split: "train" | "test";
}

/** Returns items in an order that is arbitrary and always the same. */
export function shuffled<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const hashOf = (item: Item): string => createHash("sha256").update(keyOf(item)).digest("hex");
  return items.toSorted((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1));
}

/** Speakers of one corpus from a speaker on are held out. */
interface CorpusChoice {
  readonly language: string;
  readonly group: string;
  readonly speakerOf: (name: string) => string;
  readonly firstTestSpeaker: string;
  readonly train: number;
  readonly test: number;
}

async function corpusClips(folder: string, choice: CorpusChoice): Promise<StudyClip[]> {
  const { language, group, speakerOf, firstTestSpeaker } = choice;
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.\w+$/.test(name));
  const clips = shuffled(names, basename).map((name): StudyClip => {
    const speaker = speakerOf(basename(name));
    const split = speaker < firstTestSpeaker ? "train" : "test";
    return { path: join(folder, name), language, group, speaker, split };
  });
  return (["train", "test"] as const).flatMap((split) =>
    clips.filter((clip) => clip.split === split).slice(0, choice[split]),
  );
}

/** Returns the chosen clips of the data folder; RAVDESS, whose license forbids commercial use, is for testing alone. */
export async function recordedClips(data: string): Promise<StudyClip[]> {
  const transcripts = await readFile(join(data, "speech", "transcripts.tsv"), "utf8");
  const readers = transcripts.trim().split("\n").slice(1);
  return [
    ...(await corpusClips(join(data, "crema-d", "AudioOPUS"), {
      language: "en",
      group: "CREMA-D",
      speakerOf: (name) => name.slice(0, 4),
      firstTestSpeaker: "1061",
      train: 220,
      test: 150,
    })),
    ...(await corpusClips(join(data, "emodb"), {
      language: "de",
      group: "EmoDB",
      speakerOf: (name) => name.slice(0, 2),
      firstTestSpeaker: "13",
      train: 120,
      test: 120,
    })),
    ...(await corpusClips(join(data, "ravdess"), {
      language: "en",
      group: "RAVDESS",
      speakerOf: (name) => name.slice(18, 20),
      firstTestSpeaker: "00",
      train: 0,
      test: 150,
    })),
    ...readers.map((line): StudyClip => {
      const [file] = line.split("\t");
      const path = join(data, "speech", file!);
      return { path, language: "en", group: "read English", speaker: "readers", split: "test" };
    }),
  ];
}
