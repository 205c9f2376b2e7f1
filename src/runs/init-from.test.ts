import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testOptions, train } from "../../test/support/training.ts";
import { readTextModelCard } from "../models/model-card.ts";
import { readRun } from "./evaluate-run.ts";
import { foldFolder, readRunInfo, readSplit, writeSplit } from "./run-folder.ts";

const recipe = {
  name: "network",
  protocol: "official",
  words: { minFrequency: 1, length: 8 },
  model: { kind: "text-gru", embedding: 4, hidden: 4 },
  training: { epochs: 2, batchSize: 4 },
};
/** Training that leaves weights as they are. */
const still = { ...recipe, name: "still", training: { ...recipe.training, learningRate: 1e-12 } };

let root = "";
let messages: readonly string[] = [];
const inRoot = (...names: string[]): string => join(root, ...names);

interface Choices {
  readonly data?: string;
  readonly initFrom?: string;
  readonly content?: object;
}

async function trainOn(
  name: string,
  { data = "main", initFrom, content = recipe }: Choices = {},
): Promise<string> {
  const options = testOptions();
  messages = options.messages;
  return train(
    {
      recipe: content,
      data: inRoot(`${data}.csv`),
      initFrom: initFrom && inRoot(initFrom),
      runFolder: inRoot(name),
      cacheFolder: inRoot("features"),
    },
    options,
  );
}

const rows = [
  "good day,happy,train",
  "bad day,sad,train",
  "good night,happy,train",
  "bad night,sad,train",
  "fine day,happy,validation",
  "gray day,sad,validation",
  "so good,happy,test",
  "too bad,sad,test",
];
const write = (name: string, lines: readonly string[]): Promise<void> =>
  writeFile(inRoot(`${name}.csv`), `${["text,emotion,split", ...lines].join("\n")}\n`);

const testPredictions = async (name: string): Promise<number[]> =>
  (await readRun(inRoot(name))).folds[0]!.uncalibrated.flatMap(
    ({ probabilities }) => probabilities,
  );

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-init-"));
  await write("main", rows);
  await write("other", rows);
  await trainOn("first");
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("a warm start begins with the weights of the same fold of the same corpus", async () => {
  await trainOn("warm", { initFrom: "first", content: still });
  const [before, after] = [await testPredictions("first"), await testPredictions("warm")];
  expect(after).toEqual(before.map((p) => expect.closeTo(p, 5)));
  expect(messages).toContainEqual(expect.stringMatching(/begins with (\d+) of \1 weight tensors/));
  await trainOn("cold", { content: still });
  expect(await testPredictions("cold")).not.toEqual(before.map((p) => expect.closeTo(p, 5)));
});

test("run.json and the model card name what the warm start was trained on", async () => {
  await trainOn("moved", { data: "other", initFrom: "first" });
  const { initFrom } = await readRunInfo(inRoot("moved"));
  expect(initFrom).toMatchObject({ name: "network", corpora: ["main"] });
  const bytes = await readFile(join(foldFolder(inRoot("moved"), 1), "model.onnx"));
  expect(readTextModelCard(bytes).provenance["corpora"]).toEqual(["other", "main"]);
});

test("a run of another corpus gives the weights of its first fold", async () => {
  await trainOn("abroad", { data: "other", initFrom: "first", content: still });
  const before = await testPredictions("first");
  expect(await testPredictions("abroad")).toEqual(before.map((p) => expect.closeTo(p, 5)));
});

test("a run whose warm start knew the corpus is held to its splits too", async () => {
  await expect(trainOn("back", { initFrom: "moved", content: still })).resolves.toBeDefined();
});

test("a network of another size takes the weights that agree in name and shape", async () => {
  const content = { ...recipe, model: { ...recipe.model, hidden: 5 } };
  await trainOn("wider", { initFrom: "first", content });
  expect(messages).toContainEqual(expect.stringMatching(/begins with [1-9] of \d+ weight tensors/));
});

test("a run that shares no weight is refused", async () => {
  const model = { kind: "text-transformer", width: 6, blocks: 1, heads: 2 };
  const content = { ...recipe, words: { ...recipe.words, length: 9 }, model };
  const tiny = { ...recipe, name: "tiny", model: { ...recipe.model, embedding: 3, hidden: 2 } };
  const vocabulary = { ...tiny, words: { ...tiny.words, maxVocabularySize: 3 } };
  await trainOn("small", { content: vocabulary });
  const labels = ["lost day,angry,train", "mad day,angry,test", "mad night,angry,validation"];
  await write("three", [...rows, ...labels]);
  await expect(
    trainOn("nothing", { data: "three", initFrom: "small", content }),
  ).rejects.toMatchObject({ code: "run-invalid" });
});

test.each(["validation", "test"] as const)(
  "a run that was trained on %s clips of the fold is refused",
  async (split) => {
    const folder = foldFolder(inRoot("first"), 1);
    const known = await readSplit(folder);
    await writeSplit(folder, { ...known, train: [...known.train, known[split][0]!] });
    const leaking = trainOn(`leak-${split}`, { initFrom: "first" });
    await expect(leaking).rejects.toMatchObject({ code: "split-leaks" });
    await writeSplit(folder, known);
  },
);

test("a run is resumed with the same warm start only", async () => {
  await expect(trainOn("warm", { content: still })).rejects.toMatchObject({ code: "run-invalid" });
  const other = trainOn("warm", { initFrom: "moved", content: still });
  await expect(other).rejects.toMatchObject({ code: "run-invalid" });
  await expect(trainOn("warm", { initFrom: "first", content: still })).resolves.toBeDefined();
});

test("what holds no model is refused before any training", async () => {
  const tfidf = { ...recipe, name: "tfidf", model: { kind: "text-tfidf" } };
  await trainOn("tfidf", { content: tfidf });
  await expect(trainOn("none", { initFrom: "tfidf" })).rejects.toMatchObject({
    code: "run-invalid",
  });
  await expect(trainOn("none", { initFrom: "nowhere" })).rejects.toMatchObject({
    code: "file-not-found",
  });
  await expect(readRunInfo(inRoot("none"))).rejects.toMatchObject({ code: "file-not-found" });
});
