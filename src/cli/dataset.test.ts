import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { printed } from "../../test/support/printed.ts";
import { readCorpus } from "../datasets/read-corpus.ts";
import { checkCommand } from "./dataset-check.ts";
import { downloadCommand } from "./dataset-download.ts";
import { importCommand } from "./dataset-import.ts";
import { pairCommand } from "./dataset-pair.ts";
import { statsCommand } from "./dataset-stats.ts";
import { synthCommand } from "./dataset-synth.ts";

let folder: string;
let corpus: string;

beforeAll(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  folder = await mkdtemp(join(tmpdir(), "dataset-"));
  corpus = join(folder, "synthetic");
  const rawArgs = [corpus, "--speakers", "2", "--clips", "2"];
  await printed(() => synthCommand.parseAsync(rawArgs, { from: "user" }));
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

test("stats --json has its documented keys, --picture draws the same counts", async () => {
  const picture = join(folder, "picture.svg");
  const rawArgs = [corpus, "--json", "--picture", picture];
  const stats = JSON.parse(await printed(() => statsCommand.parseAsync(rawArgs, { from: "user" })));
  expect(Object.keys(stats)).toEqual([
    "corpus",
    "clips",
    "emotions",
    "sexes",
    "speakers",
    "lengthSec",
    "unreadable",
    "leftOut",
    "warnings",
  ]);
  expect(stats).toMatchObject({ corpus: "synthetic", clips: 32, sexes: { female: 16, male: 16 } });
  const svg = await readFile(picture, "utf8");
  expect(svg).toContain("synthetic: 32 clips by emotion");
  expect(svg.match(/<svg /g)).toHaveLength(5);
});

test("stats for people: a row a speaker, and the whole", async () => {
  const text = await printed(() => statsCommand.parseAsync([corpus], { from: "user" }));
  expect(text).toMatch(/^01 +male +2 .* 16$/m);
  expect(text).toMatch(/^all .* 32$/m);
  expect(text).toContain("synthetic: 32 clips of 2 speakers\nSex: 16 female, 16 male\nLength: ");
});

test("stats without speakers and sexes have no such columns and lines", async () => {
  const table = join(folder, "one.csv");
  const [clip] = (await readCorpus(corpus)).clips;
  await writeFile(table, `clip,feeling\n${clip!.path},joyful\n`);
  const rawArgs = [table, "--columns", "emotion=feeling"];
  const text = await printed(() => statsCommand.parseAsync(rawArgs, { from: "user" }));
  expect(text).toMatch(/^happy {2}clips\n {4}1 {6}1\n\none: 1 clip\nLength: /);
});

test("check prints what it finds, and fails when clips cannot be read", async () => {
  const clean = JSON.parse(
    await printed(() => checkCommand.parseAsync([corpus, "--json"], { from: "user" })),
  );
  expect(clean).toMatchObject({ corpus: "synthetic", clips: 32, problems: 0, findings: [] });
  const table = join(folder, "clips.csv");
  await writeFile(table, "path,emotion,speaker\nsynthetic,sad,1\nnone.wav,sad,1\n");
  let failure: unknown;
  const text = await printed(() =>
    checkCommand.parseAsync([table], { from: "user" }).catch((error: unknown) => {
      failure = error;
    }),
  );
  expect(failure).toMatchObject({ code: "some-failed" });
  expect(text).toMatch(/missing \(problem\): 1\n +none\.wav .*\nunreadable \(problem\): 1\n/);
  expect(text).toContain("clips: 2 clips, 2 problems.");
});

test("what the commands refuse", async () => {
  const refused = { code: "usage" };
  const tooMany = [join(folder, "x"), "--speakers", "100"];
  for (const rawArgs of [tooMany, [corpus]]) {
    await expect(synthCommand.parseAsync(rawArgs, { from: "user" })).rejects.toMatchObject(refused);
  }
  await expect(downloadCommand.parseAsync(["tess"], { from: "user" })).rejects.toMatchObject(
    refused,
  );
});

test("pair writes no table over anything, and none that no command would read", async () => {
  const out = join(folder, "notes.jsonl");
  await writeFile(out, "dear diary");
  for (const taken of [out, join(folder, "pairs.csv"), folder]) {
    const rawArgs = [corpus, corpus, "--out", taken];
    await expect(pairCommand.parseAsync(rawArgs, { from: "user" })).rejects.toMatchObject({
      code: "usage",
    });
  }
  expect(await readFile(out, "utf8")).toBe("dear diary");
});

const counts = async (...rawArgs: string[]) =>
  JSON.parse(await printed(() => statsCommand.parseAsync(rawArgs, { from: "user" })));

test("import writes a table that stats reads to the same counts; --layout, --columns and --corpus choose", async () => {
  const imported = join(folder, "imported.csv");
  const text = await printed(() =>
    importCommand.parseAsync([corpus, "--out", imported], { from: "user" }),
  );
  expect(text).toContain(`32 clips of 2 speakers: ${imported}`);
  const { emotions, sexes } = await counts(imported, "--json");
  expect(await counts(corpus, "--json", "--corpus", "synthetic")).toMatchObject({
    emotions,
    sexes,
  });

  const own = join(folder, "own.csv");
  const table = await readFile(imported, "utf8");
  await writeFile(own, table.replace("path,emotion,corpus,speaker", "ton,wie,corpus,wer"));
  const columns = "path=ton,label=wie,speaker=wer";
  expect(await counts(own, "--json", "--columns", columns)).toMatchObject({ emotions });
  const unnamed = statsCommand.parseAsync([own], { from: "user" });
  await expect(unnamed).rejects.toMatchObject({ code: "dataset-invalid" });

  const byLayout = [corpus, "--layout", "label", "--out", join(folder, "layout.jsonl")];
  await printed(() => importCommand.parseAsync(byLayout, { from: "user" }));
  const { speakers } = await counts(join(folder, "layout.jsonl"), "--json");
  expect(speakers).toMatchObject([{ speakerId: "unknown", clips: 32 }]);
});
