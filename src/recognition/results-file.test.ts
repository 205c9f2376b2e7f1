import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { analysis } from "../../test/support/analysis.ts";
import type { AnalysisSettings } from "./file-result.node.ts";
import { openResults } from "./results-file.node.ts";

const settings: AnalysisSettings = {
  modelId: "aa",
  model: "default",
  textModelId: null,
  textModel: null,
  transcriber: null,
  language: "de",
  speakerId: null,
  minConfidence: 0.5,
  maxOodScore: null,
  reference: "recording",
  sensitivity: "normal",
  channels: "auto",
  track: null,
  roles: ["agent", "caller"],
  only: null,
  diarization: null,
};
const file = { file: "/c/1.wav", sizeBytes: 1, modifiedMs: 1 };

let path = "";

beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), "undertone-results-")), "results.jsonl");
  const results = await openResults(path, { resume: false, files: [file], settings });
  await results.append({ ...file, settings, ...analysis });
  await results.close();
});

afterAll(() => rm(join(path, ".."), { recursive: true }));

const resume = async (changed: Partial<AnalysisSettings>): Promise<ReadonlySet<string>> => {
  const now = { ...settings, ...changed };
  const results = await openResults(path, { resume: true, files: [file], settings: now });
  await results.close();
  return results.done;
};

test("results of the same settings go on", async () => {
  expect([...(await resume({}))]).toEqual([file.file]);
});

test("a file that the transcriber failed on is analyzed again", async () => {
  const other = `${path}.2`;
  const results = await openResults(other, { resume: false, files: [file], settings });
  await results.append({ ...file, settings, ...analysis, untranscribed: 1 });
  await results.close();
  const resumed = await openResults(other, { resume: true, files: [file], settings });
  await resumed.close();
  expect(resumed.done.size).toBe(0);
});

test.each([
  [{ minConfidence: 0 }, "(--min-confidence 0.5, now 0)"],
  [{ transcriber: "null" }, "(--transcriber none, now null)"],
  [{ language: null }, "(--language de, now none)"],
  [{ track: 2, roles: null }, "(--track none, now 2; --roles agent,caller, now none)"],
  [{ diarization: "diarize 2" }, "(--diarize or --rttm none, now diarize 2)"],
])("results do not go on with %j", async (changed, named) => {
  await expect(resume(changed)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(named),
  });
});

const folderOf = (name: string): string => join(path, "..", name);

test("results of several workers at once are whole lines, however long", async () => {
  const large = folderOf("large.jsonl");
  const files = [1, 2, 3, 4].map((n) => ({ ...file, file: `/c/${n}.wav` }));
  const results = await openResults(large, { resume: false, files, settings });
  const segment = { ...analysis.segments[0]!, text: "x".repeat(2 ** 20) };
  await Promise.all(
    files.map((one) => results.append({ ...one, settings, ...analysis, segments: [segment] })),
  );
  await results.close();
  const lines = (await readFile(large, "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).file)).toEqual(files.map((one) => one.file));
});

test("torn lines, blank ones and zeros are dropped and counted, and what is whole is kept", async () => {
  const torn = folderOf("torn.jsonl");
  const whole = await readFile(path, "utf8");
  await writeFile(torn, `${whole.slice(0, 50)}\n\n${whole}${whole.slice(9)}\0\0\0\0`);
  const results = await openResults(torn, { resume: true, files: [file], settings });
  await results.close();
  expect([[...results.done], results.droppedLines]).toEqual([[file.file], 4]);
  expect(await readFile(torn, "utf8")).toBe(whole);
});

test("a disk that left more zeros than a text can hold", async () => {
  const other = `${path}.3`;
  await writeFile(other, await readFile(path));
  await truncate(other, 2 ** 29 + 1000);
  const resumed = await openResults(other, { resume: true, files: [file], settings });
  await resumed.close();
  expect([resumed.done.size, resumed.droppedLines]).toEqual([1, 1]);
  expect(await readFile(other)).toEqual(await readFile(path));
});

test("a file of anything else is not touched", async () => {
  const notes = folderOf("notes.txt");
  await writeFile(notes, "My notes.\n");
  const options = { resume: true, files: [file], settings };
  await expect(openResults(notes, options)).rejects.toMatchObject({ code: "usage" });
  expect(await readFile(notes, "utf8")).toBe("My notes.\n");
});
