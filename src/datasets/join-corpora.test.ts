import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importCorpus } from "./import-corpus.ts";
import { withCommonLabels } from "./join-corpora.ts";
import { corporaIn, labelsOf, speakersOf } from "./manifest.ts";
import { readUnlabeled } from "./unlabeled.ts";
import { readCorpora, readCorpus } from "./read-corpus.ts";
import { makeSplits } from "./splits.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "corpora-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function fill(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), "");
  }
}

const each = (count: number, name: (index: number) => string[]): string[] =>
  Array.from({ length: count }, (_, index) => name(index + 1)).flat();

const corpusOf = (id: string): string => id.split("/")[0]!;

/** Three corpora of three, three and two speakers; only RAVDESS has calm, only EmoDB three labels. */
async function fillThree(): Promise<string[]> {
  await fill(
    ...each(3, (n) => ["02", "04", "05"].map((e) => `r/03-01-${e}-01-01-01-0${n}.wav`)),
    ...each(3, (n) => ["SAD", "ANG", "HAP"].map((e) => `c/100${n}_DFA_${e}_XX.wav`)),
    ...["03", "08"].flatMap((who) => ["T", "W", "N"].map((e) => `e/${who}a01${e}a.wav`)),
  );
  return ["r", "c", "e"].map((folder) => join(root, folder));
}

test("several corpora are one manifest, whose ids and speakers name their corpus", async () => {
  const { corpus, clips, warnings } = await readCorpora(await fillThree());
  expect(corpus).toBe("ravdess+crema-d+emodb");
  expect(clips).toHaveLength(24);
  expect(clips[0]).toMatchObject({
    id: "ravdess/03-01-02-01-01-01-01",
    corpus: "ravdess",
    speakerId: "ravdess/01",
  });
  expect(speakersOf(clips)).toContain("crema-d/1001");
  expect(warnings).toEqual([expect.stringMatching(/^emodb: There are two speakers only/)]);
});

test("one corpus stays as it is; the same one twice is refused", async () => {
  const [ravdess = ""] = await fillThree();
  expect(await readCorpora([ravdess])).toEqual(await readCorpus(ravdess));
  await expect(readCorpora([ravdess, root + "/r/../r"])).rejects.toMatchObject({
    code: "dataset-invalid",
  });
});

test("leave-one-corpus-out tests each corpus once, on the labels of all, validated by speakers of the others", async () => {
  const data = withCommonLabels(await readCorpora(await fillThree()));
  expect(labelsOf(data.clips)).toEqual(["sad", "angry"]);
  expect(data.leftOut).toEqual([
    { reason: "neutral, which not all corpora have", count: 2 },
    { reason: "calm, which not all corpora have", count: 3 },
    { reason: "happy, which not all corpora have", count: 3 },
  ]);
  const folds = makeSplits(data, "leave-one-corpus-out", { seed: 1 });
  expect(folds.map(({ test: ids }) => [...new Set(ids.map(corpusOf))])).toEqual([
    ["ravdess"],
    ["crema-d"],
    ["emodb"],
  ]);
  const speakerOf = new Map(data.clips.map(({ id, speakerId }) => [id, speakerId]));
  for (const { train, validation, test: tested } of folds) {
    const held = [...new Set(validation.map((id) => speakerOf.get(id)!))];
    expect(held).not.toEqual([]);
    expect(held.filter((speaker) => corpusOf(speaker) === corpusOf(tested[0]!))).toEqual([]);
    expect(train.filter((id) => held.includes(speakerOf.get(id)!))).toEqual([]);
    expect(train.length + validation.length + tested.length).toBe(data.clips.length);
  }
  // Two of each corpus, one of the corpus that has two.
  const heldFirst = new Set(folds[0]!.validation.map((id) => speakerOf.get(id)!));
  expect([...heldFirst].map(corpusOf).toSorted()).toEqual(["crema-d", "crema-d", "emodb"]);
});

test("speaker folds deal the speakers of each corpus out evenly", async () => {
  const data = await readCorpora(await fillThree());
  const folds = makeSplits(data, "speaker-folds", { seed: 1, folds: 2 });
  const speakers = folds.map(
    ({ test: ids }) =>
      new Set(ids.map((id) => data.clips.find((c) => c.id === id)!.speakerId)).size,
  );
  expect(speakers).toEqual([4, 4]);
});

test("leave-one-corpus-out of one corpus, and corpora without two common labels, are refused", async () => {
  const [ravdess = ""] = await fillThree();
  const one = await readCorpora([ravdess]);
  const refused = expect.objectContaining({ code: "dataset-invalid" });
  expect(() => makeSplits(one, "leave-one-corpus-out", { seed: 1 })).toThrow(refused);
  await fill("s/DC_d01.wav", "s/DC_n01.wav");
  const apart = await readCorpora([ravdess, join(root, "s")]);
  expect(() => withCommonLabels(apart)).toThrow(refused);
});

test("a table with a column corpus is a manifest of several, as an import writes it", async () => {
  const roots = await fillThree();
  const joined = await importCorpus(roots, join(root, "all.csv"));
  const read = await readCorpus(join(root, "all.csv"));
  expect(read.corpus).toBe("all");
  expect(read.clips.map(({ corpus, speakerId }) => [corpus, speakerId])).toEqual(
    joined.clips.map(({ corpus, speakerId }) => [corpus, speakerId]),
  );
  expect(makeSplits(read, "leave-one-corpus-out", { seed: 1 })).toHaveLength(3);
  await importCorpus([roots[0]!], join(root, "one.csv"));
  const one = await readCorpus(join(root, "one.csv"));
  expect([one.corpus, corporaIn(one)]).toEqual(["one", ["ravdess"]]);
  expect(speakersOf(one.clips)).toEqual(["01", "02", "03"]);
});

test("ordinary speech: folders are speakers, a table needs no labels, every clip is neutral", async () => {
  await fill("read/ann/a.wav", "read/ann/b.wav", "read/c.wav");
  await writeFile(join(root, "list.csv"), "file,speaker\nread/ann/a.wav,7\n");
  const folder = await readUnlabeled(join(root, "read"), "neutral");
  expect(folder.corpus).toBe("read");
  expect(folder.clips.map(({ id, emotion, speakerId }) => [id, emotion, speakerId])).toEqual([
    ["c.wav", "neutral", "unknown"],
    ["ann/a.wav", "neutral", "ann"],
    ["ann/b.wav", "neutral", "ann"],
  ]);
  const { clips } = await readUnlabeled(join(root, "list.csv"), "neutral");
  expect(clips).toMatchObject([{ emotion: "neutral", speakerId: "7" }]);
  await mkdir(join(root, "empty"));
  await expect(readUnlabeled(join(root, "empty"), "neutral")).rejects.toMatchObject({
    code: "dataset-invalid",
  });
});
