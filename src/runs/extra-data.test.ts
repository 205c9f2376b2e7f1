import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeRuntime } from "../graph/runtime.node.ts";
import type { Emotion } from "../shared/emotions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { admittedCompanions } from "./companions.ts";
import { companionsOf } from "./evaluate-run.ts";
import type { Material } from "./material.ts";
import { parseRecipe } from "./recipe.ts";
import { readFoldState, readRunInfo, readSplit } from "./run-folder.ts";
import { trainRun } from "./train-run.ts";

const said = (id: string, text: string): Material => ({
  utterance: { id, emotion: "happy", speakerId: "anyone" },
  sounds: [{}],
  transcript: { text, confidence: 1 },
});
const recorded = (id: string, speakerId: string, audioHash: string): Material => {
  const utterance = { id, emotion: "happy" as Emotion, speakerId, path: `/${id}.wav` };
  return { utterance, sounds: [{}], audioHash };
};
const idsOf = (materials: readonly Material[]): string[] =>
  materials.map(({ utterance }) => utterance.id);

const weightsOf = async (folder: string): Promise<string> =>
  (await readFoldState(join(folder, "fold-1")))!.weightsSha256;

describe("admittedCompanions", () => {
  test("no text says what one held out says, however it is written", () => {
    const companions = [said("a", "Oh,  WELL!"), said("b", "oh well"), said("c", "“Oh, well!”")];
    const { admitted, leftOut } = admittedCompanions(companions, [said("x", "Oh, well!")]);
    expect(idsOf(admitted)).toEqual(["b"]);
    expect(leftOut).toEqual([{ reason: "of words that validation or test has too", count: 2 }]);
  });

  test("a recording that is held out takes all of its speaker along, a silent text nobody", () => {
    const companions = [
      recorded("a", "1", "heard"),
      recorded("b", "1", "other"),
      recorded("c", "2", "third"),
      said("d", "?"),
    ];
    const { admitted, leftOut } = admittedCompanions(companions, [
      recorded("x", "9", "heard"),
      said("y", ""),
    ]);
    expect(idsOf(admitted)).toEqual(["c", "d"]);
    expect(leftOut).toEqual([
      { reason: "of a speaker whose recordings validation or test has", count: 2 },
    ]);
  });

  test("nothing is left out where nothing is held out", () => {
    const companions = [said("a", "well"), recorded("b", "1", "heard")];
    expect(admittedCompanions(companions, [])).toEqual({ admitted: companions, leftOut: [] });
  });
});

describe("a training beside companions", () => {
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
  const baseline = { ...setting, name: "baseline", model: { kind: "text-tfidf" } };
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
  let messages: string[] = [];

  const writeTable = (name: string, rows: readonly string[]): Promise<void> =>
    writeFile(join(root, `${name}.csv`), `${["text,emotion,split", ...rows].join("\n")}\n`);

  async function train(run: string, companions: readonly string[], recipe: object = network) {
    messages = [];
    const logger = { info: (text: string) => messages.push(text), warn: () => 0 };
    const runFolder = join(root, run);
    await trainRun(
      {
        recipe: parseRecipe(recipe, "test"),
        data: join(root, "main.csv"),
        companions: companions.map((name) => join(root, `${name}.csv`)),
        runFolder,
        cacheFolder: join(root, "features"),
        resume: true,
        facts: { command: "test", versions: {}, machine: {} },
      },
      {
        runtime: nodeRuntime,
        openTranscriber: () => Promise.reject(new Error("no sound here")),
        openSentenceEncoder: () => Promise.reject(new Error("no encoder here")),
        encoderFile: () => Promise.reject(new Error("no sound here")),
        openEncoder: () => Promise.reject(new Error("no sound here")),
        onProgress: () => undefined,
        logger,
      },
    );
    return runFolder;
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "undertone-companions-"));
    await writeTable("main", main);
    await writeTable("beside", [
      "great day,happy,train",
      "Too bad,sad,train",
      "lost day,sad,train",
      "what a mess,angry,train",
      "great night,happy,test",
    ]);
    await writeTable("more", ["great great day,happy,train"]);
    await writeTable("angry", ["what a mess,angry,train"]);
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  test("takes the emotions of the corpus, the companion's training side and no copy", async () => {
    const folder = await train("whole", ["beside", "more"]);
    expect(messages).toContain("Companion beside: 3 clips for the training side.");
    expect(messages).toContain(
      "Fold 1 leaves out 1 companion of words that validation or test has too.",
    );
    expect(messages.join("\n")).toContain("test 2 clips of 2 speakers. Beside them 3 companions.");
    const info = await readRunInfo(folder);
    expect(info.labels).toEqual(["happy", "sad"]);
    expect(info.companions).toMatchObject([
      { corpus: "beside", clips: 3 },
      { corpus: "more", clips: 1 },
    ]);
    expect(companionsOf(info)).toEqual(["beside", "more"]);
    const { train: own, test: judged } = await readSplit(join(folder, "fold-1"));
    expect([own.length, judged.length]).toEqual([4, 2]);
  });

  test("changes the weights, the same ones again by the same companions", async () => {
    for (const recipe of [network, baseline]) {
      const alone = await weightsOf(await train(`alone-${recipe.name}`, [], recipe));
      const beside = await weightsOf(await train(`one-${recipe.name}`, ["beside"], recipe));
      const again = await weightsOf(await train(`two-${recipe.name}`, ["beside"], recipe));
      expect(beside).not.toBe(alone);
      expect(again).toBe(beside);
    }
  });

  test("goes on with the same companions only", async () => {
    await train("resumed", ["beside"]);
    await expect(train("resumed", ["beside"])).resolves.toBeDefined();
    const refused = { code: "run-invalid", message: expect.stringContaining("(then: beside)") };
    await expect(train("resumed", [])).rejects.toMatchObject(refused);
    await expect(train("resumed", ["beside", "more"])).rejects.toMatchObject(refused);
    await writeTable("beside", ["great day,happy,train"]);
    await expect(train("resumed", ["beside"])).rejects.toMatchObject(refused);
  });

  test.each([
    [["main"], "dataset-invalid", /a corpus of the name main is in this training already/],
    [["more", "more"], "dataset-invalid", /a corpus of the name more is in/],
    [["angry"], "dataset-invalid", /has nothing to train on of an emotion that main has/],
    [["absent"], "file-not-found", /absent\.csv/],
  ])("refuses %j", async (companions, code, message) => {
    const refusal = train("refused", companions);
    await expect(refusal).rejects.toThrow(UndertoneError);
    await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(readRunInfo(join(root, "refused"))).rejects.toThrow("not a run folder");
  });

  test("a late fusion has none of its own", async () => {
    const model = { kind: "fusion-late", voice: network, words: network, method: "vote" };
    const late = { ...setting, name: "late", model };
    await expect(train("late", ["more"], late)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("fuse without --extra-data"),
    });
  });
});
