import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseExperiment } from "../recipes/recipe.ts";
import { readData } from "./read-data.ts";

const experiment = (kind: string, words = {}) =>
  parseExperiment({ name: "x", model: { kind }, words }, "x");

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "read-data-"));
  await mkdir(join(root, "clips/kim/sad"), { recursive: true });
  await writeFile(join(root, "clips/kim/sad/a.wav"), "");
  await writeFile(join(root, "texts.csv"), "phrase,what\nwell done,happy\noh no,sad\n");
  await writeFile(join(root, "clips.csv"), "ton,what,text\na.wav,happy,well done\n");
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("columns and layout reach the reading of texts and of recordings", async () => {
  const textOptions = { columns: { transcript: "phrase", label: "what" } };
  const texts = await readData(
    join(root, "texts.csv"),
    await experiment("text-tfidf"),
    textOptions,
  );
  expect(texts.clips.map(({ emotion }) => emotion)).toEqual(["happy", "sad"]);

  const clipOptions = { columns: { path: "ton", label: "what" } };
  for (const kind of ["text-tfidf", "audio-cnn"]) {
    const { clips } = await readData(join(root, "clips.csv"), await experiment(kind), clipOptions);
    expect(clips).toMatchObject([{ id: "a.wav", emotion: "happy", transcript: "well done" }]);
  }

  const layout = { layout: "speaker/label" };
  const { clips } = await readData(join(root, "clips"), await experiment("text-tfidf"), layout);
  expect(clips).toMatchObject([{ id: "kim/sad/a.wav", emotion: "sad", speakerId: "kim" }]);
});
