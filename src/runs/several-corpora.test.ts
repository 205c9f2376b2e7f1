import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeCorpora } from "../../test/support/corpora.ts";
import { testOptions, train } from "../../test/support/training.ts";
import { tinyFeatures } from "../../test/support/tiny-features.ts";
import { readModelCard } from "../models/model-card.ts";
import { corporaOf, readFoldModel, readFoldState, readRunInfo, readSplit } from "./run-folder.ts";

let root = "";
const inRoot = (name: string): string => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "several-"));
  await writeCorpora(root, {
    one: { speakers: ["01", "02", "03"], labels: ["neutral", "sad", "angry", "calm"] },
    two: { speakers: ["04", "05", "06"], labels: ["neutral", "sad", "angry", "happy"] },
    read: { speakers: ["07"], labels: ["calm", "disgust"] },
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const recipe = {
  name: "tiny",
  protocol: "leave-one-corpus-out",
  validationSpeakers: 1,
  features: { ...tinyFeatures, window: "speech" },
  model: { kind: "audio-cnn", channels: [4, 8], hidden: 8 },
  training: { epochs: 1, batchSize: 4, corpusWeights: { two: 0.5 } },
};

async function trainInto(name: string, changes: object = {}, content: object = recipe) {
  const options = testOptions();
  const run = await train(
    {
      recipe: content,
      data: [inRoot("one.csv"), inRoot("two.csv")],
      runFolder: inRoot(name),
      cacheFolder: inRoot("features"),
      ...changes,
    },
    options,
  );
  return { run, messages: options.messages.join("\n") };
}

test("each corpus is tested once by the other, with ordinary speech beside it", async () => {
  const { run, messages } = await trainInto("run", { ordinarySpeech: [inRoot("read.csv")] });
  expect(messages).toContain("Extra data read: 2 clips for the training split.");
  const info = await readRunInfo(run);
  expect(info).toMatchObject({
    corpus: "one+two",
    corpora: ["one", "two"],
    labels: ["neutral", "sad", "angry"],
    extraData: [{ corpus: "read", clips: 2, ordinarySpeech: true }],
  });
  expect(corporaOf(info)).toEqual(["one", "two", "read"]);
  for (const [fold, corpus] of [
    [1, "one"],
    [2, "two"],
  ] as const) {
    const split = await readSplit(join(run, `fold-${fold}`));
    expect(split.test).toHaveLength(9);
    expect(split.test.every((id) => id.startsWith(`${corpus}/`))).toBe(true);
    expect(split.validation).toHaveLength(3);
    expect([...split.train, ...split.validation].some((id) => id.startsWith(corpus))).toBe(false);
  }
  await expect(trainInto("run")).rejects.toMatchObject({ code: "run-invalid" });
});

test("weights of corpora and ordinary speech change what is learned", async () => {
  const folds = { folds: [1] };
  const hash = async (name: string, changes: object, content?: object) => {
    const { run } = await trainInto(name, { ...folds, ...changes }, content);
    return (await readFoldState(join(run, "fold-1")))!.weightsSha256;
  };
  const training = { epochs: 1, batchSize: 4 };
  const together = { ...recipe, protocol: "speaker-folds", folds: 3, training };
  const plain = await hash("plain", {}, together);
  const corpusWeights = { one: 4 };
  const weighted = { ...together, training: { ...training, corpusWeights } };
  expect(await hash("weighted", {}, weighted)).not.toBe(plain);
  const ordinarySpeech = [inRoot("read.csv")];
  expect(await hash("ordinary", { ordinarySpeech }, together)).not.toBe(plain);
});

test("a model says nothing of having learned the corpus that its fold leaves out", async () => {
  const { run } = await trainInto("left-out", { folds: [2] });
  const { provenance } = readModelCard((await readFoldModel(run, 2))!);
  expect(provenance).toMatchObject({ corpora: ["one"] });
});

test("what does not go together is refused before anything is decoded", async () => {
  const training = { ...recipe.training, corpusWeights: { three: 2 } };
  await expect(trainInto("no", {}, { ...recipe, training })).rejects.toMatchObject({
    code: "recipe-invalid",
  });
  await expect(trainInto("no", { data: inRoot("one.csv") })).rejects.toMatchObject({
    code: "dataset-invalid",
  });
  const silent = { notSpeech: [inRoot("read.csv")] };
  await expect(trainInto("no", silent)).rejects.toMatchObject({ code: "recipe-invalid" });
  const known = { ordinarySpeech: [inRoot("two.csv")] };
  await expect(trainInto("no", known)).rejects.toMatchObject({ code: "dataset-invalid" });
});
