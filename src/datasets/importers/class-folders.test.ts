import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importCorpus } from "../import-corpus.ts";
import { readCorpus } from "../read-corpus.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "folders-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function fill(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path.split("/").at(-1)!);
  }
}

async function shown(layout?: string): Promise<string[]> {
  const { clips } = await readCorpus(root, { layout });
  return clips.map(
    ({ id, emotion, speakerId, split = "-" }) => `${id} ${emotion} ${speakerId} ${split}`,
  );
}

test("a folder for each label, with resource forks and a hidden file beside the clips", async () => {
  await fill("angry/a1.wav", "Happy/h1.WAV", "weary/w1.wav", "angry/._a1.wav", ".DS_Store");
  await fill("__MACOSX/angry/._a1.wav", "angry/notes.txt");
  expect(await shown()).toEqual([
    "Happy/h1.WAV happy unknown -",
    "angry/a1.wav angry unknown -",
    "weary/w1.wav weary unknown -",
  ]);
  expect((await readCorpus(root)).warnings).toEqual([
    expect.stringMatching(/No speakers are named/),
  ]);
});

test("speakers above labels above splits", async () => {
  await fill("0031/Angry/train/351.wav", "0031/Sad/evaluation/1051.wav");
  await fill("0032/Neutral/test/1.wav");
  expect(await shown()).toEqual([
    "0031/Angry/train/351.wav angry 0031 train",
    "0031/Sad/evaluation/1051.wav sad 0031 validation",
    "0032/Neutral/test/1.wav neutral 0032 test",
  ]);
});

test("a nested download with its folder twice: second copies are left out and named", async () => {
  await fill("archive/audio/wut/s1/a.wav", "archive/audio/freude/s2/a.wav");
  await fill("archive/audio/audio/wut/s1/a.wav");
  await fill("archive/loose.wav");
  expect(await shown()).toEqual([
    "archive/audio/freude/s2/a.wav happy s2 -",
    "archive/audio/wut/s1/a.wav angry s1 -",
  ]);
  expect((await readCorpus(root)).leftOut).toEqual([
    { reason: "folders of another layout", count: 1, examples: ["archive/loose.wav"] },
    { reason: "second copy of a clip", count: 1, examples: ["archive/audio/audio/wut/s1/a.wav"] },
  ]);
});

test("folders that may be anything are not guessed: --layout says what they are", async () => {
  await fill("anna/yes/1.wav", "anna/no/1.wav", "bert/yes/1.wav", "joy/yes/1.wav");
  await expect(readCorpus(root)).rejects.toThrow(/--layout/);
  expect(await shown("speaker/label")).toEqual([
    "anna/no/1.wav no anna -",
    "anna/yes/1.wav yes anna -",
    "bert/yes/1.wav yes bert -",
    "joy/yes/1.wav yes joy -",
  ]);
  expect(await shown("label/*")).toContain("bert/yes/1.wav bert unknown -");
  for (const layout of ["speaker", "label/label", "label/x", ""]) {
    await expect(shown(layout)).rejects.toMatchObject({ code: "usage" });
  }
});

test("raw and augmented copies are no speakers", async () => {
  await fill("raw/angry/1.wav", "raw/sad/1.wav", "augmented/angry/1_noise.wav");
  expect(await shown()).toEqual([
    "augmented/angry/1_noise.wav angry unknown -",
    "raw/angry/1.wav angry unknown -",
    "raw/sad/1.wav sad unknown -",
  ]);
});

test.each(["clips.csv", "clips.jsonl"])(
  "an import into %s reads as the folder does",
  async (name) => {
    await fill("actor1/angry/a, b.wav", "actor2/sad/c.wav", "actor2/weary/d.wav");
    const table = join(root, name);
    const { clips } = await importCorpus([root], table);
    const withoutSplits = await readCorpus(table);
    expect(withoutSplits.clips).toEqual(clips);
    await expect(importCorpus([root], table)).rejects.toMatchObject({ code: "usage" });
    await expect(importCorpus([root], join(root, "x.txt"))).rejects.toMatchObject({
      code: "usage",
    });
    expect(await readFile(table, "utf8")).toContain("actor1/angry/a, b.wav");
  },
);
