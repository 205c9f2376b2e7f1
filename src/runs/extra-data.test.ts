import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testOptions, train } from "../../test/support/training.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { ClipExample } from "./clip-example.ts";
import { extraDataOf } from "./evaluate-run.ts";
import { admittedExtraData } from "./extra-data.ts";
import { readFoldState, readRunInfo, readSplit } from "./run-folder.ts";

const textOf = (id: string, text: string): ClipExample => ({
  id,
  label: 0,
  clip: { id, emotion: "happy", speakerId: "anyone" },
  views: [{}],
  transcript: { text, confidence: 1 },
});
const recorded = (id: string, speakerId: string, audioHash: string): ClipExample => {
  const clip = { id, emotion: "happy" as const, speakerId, path: `/${id}.wav` };
  return { id, label: 0, clip, views: [{}], audioHash };
};
const idsOf = (examples: readonly ClipExample[]): string[] => examples.map(({ id }) => id);

const weightsOf = async (folder: string): Promise<string> =>
  (await readFoldState(join(folder, "fold-1")))!.weightsSha256;

describe("admittedExtraData", () => {
  test("no text is admitted that is held out too, however it is written", () => {
    const extra = [textOf("a", "Oh,  WELL!"), textOf("b", "oh well"), textOf("c", "“Oh, well!”")];
    const { admitted, leftOut } = admittedExtraData(extra, [textOf("x", "Oh, well!")]);
    expect(idsOf(admitted)).toEqual(["b"]);
    expect(leftOut).toEqual([{ reason: "of words that validation or test has too", count: 2 }]);
  });

  test("a held-out recording takes all of its speaker along, a text without words nobody", () => {
    const extra = [
      recorded("a", "1", "same"),
      recorded("b", "1", "other"),
      recorded("c", "2", "third"),
      textOf("d", "?"),
    ];
    const { admitted, leftOut } = admittedExtraData(extra, [
      recorded("x", "9", "same"),
      textOf("y", ""),
    ]);
    expect(idsOf(admitted)).toEqual(["c", "d"]);
    expect(leftOut).toEqual([
      { reason: "of a speaker whose recordings validation or test has", count: 2 },
    ]);
  });

  test("nothing is left out where nothing is held out", () => {
    const extra = [textOf("a", "well"), recorded("b", "1", "same")];
    expect(admittedExtraData(extra, [])).toEqual({ admitted: extra, leftOut: [] });
  });
});

describe("a training with extra data", () => {
  const setting = {
    description: "",
    protocol: "official",
    words: { minFrequency: 1, length: 8 },
    training: { epochs: 1, batchSize: 4 },
  };
  const network = {
    ...setting,
    name: "network",
    model: { kind: "text-gru", embedding: 4, hidden: 4 },
  };
  const tfidf = { ...setting, name: "tfidf", model: { kind: "text-tfidf" } };
  const main = [
    "good day,happy,train",
    "bad day,sad,train",
    "good night,happy,train",
    "bad luck,sad,train",
    "fine day,happy,validation",
    "gray day,sad,validation",
    "so good,happy,test",
    "too bad,sad,test",
  ];

  let root = "";
  let messages: readonly string[] = [];

  const writeTable = (name: string, rows: readonly string[]): Promise<void> =>
    writeFile(join(root, `${name}.csv`), `${["text,emotion,split", ...rows].join("\n")}\n`);

  async function trainWith(
    name: string,
    extraData: readonly string[],
    recipe: object = network,
  ): Promise<string> {
    const options = testOptions();
    messages = options.messages;
    return train(
      {
        recipe,
        data: join(root, "main.csv"),
        extraData: extraData.map((table) => join(root, `${table}.csv`)),
        runFolder: join(root, name),
        cacheFolder: join(root, "features"),
      },
      options,
    );
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "undertone-extra-"));
    await writeTable("main", main);
    await writeTable("beside", [
      "great day,happy,train",
      "Too bad,sad,train",
      "lost day,sad,train",
      "what a mess,angry,train",
      "great night,happy,test",
      "no idea,,train",
    ]);
    await writeTable("more", ["great great day,happy,train"]);
    await writeTable("angry", ["what a mess,angry,train"]);
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  test("takes the labels of the corpus, the extra training split and no copy", async () => {
    const folder = await trainWith("whole", ["beside", "more"]);
    expect(messages).toContain("Extra data beside: 3 clips for the training split.");
    expect(messages).toContain("Extra data beside: Left out: 1 (no label): 7");
    expect(messages).toContain(
      "Fold 1 leaves out 1 extra clip of words that validation or test has too.",
    );
    expect(messages.join("\n")).toContain("test 2 clips of 2 speakers. Extra data: 3 clips.");
    const info = await readRunInfo(folder);
    expect(info.labels).toEqual(["happy", "sad"]);
    expect(info.extraData).toMatchObject([
      { corpus: "beside", clips: 3 },
      { corpus: "more", clips: 1 },
    ]);
    expect(extraDataOf(info)).toEqual(["beside", "more"]);
    const { train: own, test: tested } = await readSplit(join(folder, "fold-1"));
    expect([own.length, tested.length]).toEqual([4, 2]);
  });

  test("changes the weights, the same ones again by the same extra data", async () => {
    for (const recipe of [network, tfidf]) {
      const alone = await weightsOf(await trainWith(`alone-${recipe.name}`, [], recipe));
      const beside = await weightsOf(await trainWith(`one-${recipe.name}`, ["beside"], recipe));
      const again = await weightsOf(await trainWith(`two-${recipe.name}`, ["beside"], recipe));
      expect(beside).not.toBe(alone);
      expect(again).toBe(beside);
    }
  });

  test("resumes with the same extra data only", async () => {
    await trainWith("resumed", ["beside"]);
    await expect(trainWith("resumed", ["beside"])).resolves.toBeDefined();
    const refused = { code: "run-invalid", message: expect.stringContaining("(then: beside)") };
    await expect(trainWith("resumed", [])).rejects.toMatchObject(refused);
    await expect(trainWith("resumed", ["beside", "more"])).rejects.toMatchObject(refused);
    await writeTable("beside", ["great day,happy,train"]);
    await expect(trainWith("resumed", ["beside"])).rejects.toMatchObject(refused);
  });

  test.each([
    [["main"], "dataset-invalid", /a corpus of the name main is in this training already/],
    [["more", "more"], "dataset-invalid", /a corpus of the name more is in/],
    [["angry"], "dataset-invalid", /has no training clip with a label of main/],
    [["absent"], "file-not-found", /absent\.csv/],
  ])("refuses %j", async (extraData, code, message) => {
    const refusal = trainWith("refused", extraData);
    await expect(refusal).rejects.toThrow(UndertoneError);
    await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(readRunInfo(join(root, "refused"))).rejects.toThrow("not a run folder");
  });
});
