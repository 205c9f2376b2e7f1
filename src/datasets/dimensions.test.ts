import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ratedCorpus } from "./dimensions.ts";
import { unlabeled } from "./manifest.ts";
import { readCorpora, readCorpus } from "./read-corpus.ts";
import { writeClipTable } from "./write-table.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "rated-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Reads a table of these lines. */
async function read(lines: string, name = "table"): ReturnType<typeof readCorpus> {
  await writeFile(join(root, `${name}.csv`), lines);
  return readCorpus(join(root, `${name}.csv`));
}

test("ratings are read beside labels, by the names that corpora give them", async () => {
  const { clips } = await read(
    "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID\na.wav,H,4.8,5.2,4.6,1\nb.wav,N,3.4,,4,2\n",
  );
  expect(clips.map(({ dimensions }) => dimensions)).toEqual([
    { arousal: 4.8, valence: 5.2, dominance: 4.6 },
    { arousal: 3.4, dominance: 4 },
  ]);
});

test("a table may have ratings in place of labels, and is written as it was read", async () => {
  const corpus = await read("path,speaker,arousal,pleasure\na.wav,1,-0.5,0.25\nb.wav,2,0.5,1\n");
  expect(corpus.clips.map(({ emotion }) => emotion)).toEqual([unlabeled, unlabeled]);
  await writeClipTable(join(root, "copy.csv"), corpus.clips);
  const copy = await readCorpus(join(root, "copy.csv"));
  expect(copy.clips.map(({ dimensions }) => dimensions)).toEqual([
    { arousal: -0.5, valence: 0.25 },
    { arousal: 0.5, valence: 1 },
  ]);
});

test("words are no ratings: a valence of positive or negative changes nothing", async () => {
  const { clips } = await read("path,label,valence\na.wav,joy,positive\nb.wav,fear,negative\n");
  expect(clips.every(({ dimensions }) => dimensions === undefined)).toBe(true);
});

test("two rows of one clip with other ratings are an error", async () => {
  const rows = "path,label,arousal\na.wav,joy,3\na.wav,joy,4\n";
  await expect(read(rows)).rejects.toMatchObject({ code: "dataset-invalid" });
});

test("clips need a rating on every dimension; a scale is the whole numbers around its ratings", async () => {
  const rated = ratedCorpus(
    await read("path,arousal,valence,dominance\na.wav,1.2,3,3\nb.wav,4.6,2,3\nc.wav,5,,3\n"),
  );
  expect(rated.dimensions).toEqual([
    { name: "arousal", low: 1, high: 5 },
    { name: "valence", low: 2, high: 3 },
  ]);
  expect(rated.clips.map(({ id }) => id)).toEqual(["a.wav", "b.wav"]);
  expect(rated.leftOut).toEqual([{ reason: "no valence", count: 1, examples: ["c.wav"] }]);
});

test("a corpus without ratings, or of others than were asked for, is refused", async () => {
  const corpus = await read("path,label,arousal\na.wav,joy,3\nb.wav,fear,4\n");
  const plain = await read("path,label\na.wav,joy\nb.wav,fear\n", "plain");
  for (const refused of [() => ratedCorpus(plain), () => ratedCorpus(corpus, ["valence"])])
    expect(refused).toThrow(expect.objectContaining({ code: "dataset-invalid" }));
});

test("corpora that rate on several scales are told apart in a warning", async () => {
  await read("path,speaker,arousal\na.wav,1,1\nb.wav,2,5\n", "five");
  await read("path,speaker,arousal\na.wav,1,1\nb.wav,2,7\n", "seven");
  const { warnings } = ratedCorpus(
    await readCorpora([join(root, "five.csv"), join(root, "seven.csv")]),
  );
  expect(warnings.at(-1)).toContain("1 to 5 in five, 1 to 7 in seven");
});
