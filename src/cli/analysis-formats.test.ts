import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { analysisSettings as settings } from "../../test/support/analysis-settings.ts";
import { analysis, call } from "../../test/support/analysis.ts";
import { printed } from "../../test/support/printed.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { CsvRows } from "./analysis-csv.ts";
import { describeAnalyses } from "./analysis-text.ts";
import type { AnalysisFormat } from "./analyze.ts";
import { MomentList } from "./moment-list.ts";
import { formatOfFile } from "./out-file.ts";
import { createPrinter } from "./print-analysis.ts";
import { fileSink } from "./sink.ts";

const found = { file: "/calls/one.wav", sizeBytes: 1, modifiedMs: 1, settings };
const result: FileResult = { ...found, ...analysis };
const failed: FileResult = {
  ...found,
  file: "/calls/two.wav",
  error: { code: "audio-empty", message: "+empty" },
};

test("CSV has a row a segment with both channels, and what failed", () => {
  const rows = new CsvRows();
  const csv = [rows.add(failed), rows.add(result), rows.finish()].join("");
  const records: Record<string, string>[] = parse(csv, { columns: true });
  expect(records.map(({ file }) => file?.slice(7, 10))).toEqual(["two", ...Array(5).fill("one")]);
  expect(records[2]).toEqual({
    file: "/calls/one.wav",
    startSec: "0.25",
    endSec: "3.5",
    channel: "",
    speaker: "",
    emotion: "angry",
    confidence: "0.6",
    error: "",
    p_sad: "0.4",
    p_angry: "0.6",
    text: `He said "stop" --> and\nI <b>stopped</b> & é`,
    voice: "angry",
    voiceConfidence: "0.9",
    words: "sad",
    wordsConfidence: "0.75",
    transcriptConfidence: "0.875",
    disagree: "true",
    intensity: "0.97",
    negative: "1",
    positive: "0",
    oodScore: "0.75",
    abstained: "",
  });
});

test("who speaks stands in each format", () => {
  const called: FileResult = { ...found, ...call };
  const rows = new CsvRows();
  const records: Record<string, string>[] = parse(rows.add(called), { columns: true });
  expect(records.map(({ channel, speaker }) => [channel, speaker])).toEqual([
    ["", ""],
    ["1", "agent"],
    ["2", "R & <D>"],
    ["", ""],
  ]);
  const lines = describeAnalyses([called]).split("\n");
  expect(lines[1]).toMatch(/one\.wav +agent +0:06\.0 +1:02\.5 +sad +75 %$/);
  expect(lines[2]).toMatch(/one\.wav +R & <D> +0:06\.0 +1:02\.5 +angry +75 %$/);
  expect(lines[4]).toMatch(/^from +to +speaker +emotion +voice +words$/);
  expect(lines[6]).toMatch(/^0:01\.0 +0:03\.0 +agent +sad 75 %/);
  const moments = new MomentList({ emotion: "angry", count: 1 });
  moments.add(called);
  moments.add({ ...called, file: "/calls/two.wav" });
  expect(moments.describe().match(/^(Strongest.*|\/calls.*?wav)/gm)).toEqual([
    "Strongest moments of agent, angry",
    "/calls/one.wav",
    "Strongest moments of R & <D>, angry",
    "/calls/one.wav",
  ]);
});

test("what a spreadsheet would compute is only text", () => {
  const rows = new CsvRows();
  const csv = [rows.add(failed), rows.add(result)].join("");
  const records: Record<string, string>[] = parse(csv, { columns: true });
  expect(records[0]?.["error"]).toBe("'+empty");
  expect(records[5]?.["text"]).toBe("'=SUM(A1:A9)");
});

test("for people, both channels stand side by side, the words below, in 80 columns", () => {
  const long = "So this is what you call a morning, and I do not know what to say of it. ".repeat(
    3,
  );
  const [pause, disagreeing, ...others] = analysis.segments;
  const told = { ...disagreeing!, text: `${long}\u001B[2J` };
  const text = describeAnalyses([{ ...result, segments: [pause!, told, ...others] }]);
  const lines = text.split("\n");
  expect(lines[3]).toMatch(/^from +to +emotion +voice +words$/);
  expect(lines[4]).toMatch(/^0:00\.3 +0:03\.5 +angry 60 % +angry 90 % +≠ +sad 75 %$/);
  expect(lines[5]).toMatch(/^ +“So this is/);
  expect(text).toContain("no speech");
  expect(text).toMatch(/^0:03\.5 +1:02\.0 +sad 75 % +sad 75 % +–$/m);
  expect(text).toMatch(/^≠ /m);
  expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(80);
  expect(text).not.toContain("\u001B");
});

test("without disagreement there is no legend, and of many files a line each", () => {
  const agreeing = { ...result, segments: analysis.segments.slice(4) };
  expect(describeAnalyses([agreeing])).not.toContain("≠");
  expect(describeAnalyses([result, agreeing, failed]).trimEnd().split("\n")).toHaveLength(3);
});

test("what is abstained from is named, not answered, and its probabilities stay", () => {
  const [pause, disagreeing, quiet] = analysis.segments;
  const outOfDistribution = {
    ...disagreeing!,
    disagree: false,
    abstained: "out-of-distribution",
  } as const;
  const segments = [pause!, outOfDistribution, { ...quiet!, abstained: "unsure" } as const];
  const summary = { ...analysis.summary, shares: { sad: 0, angry: 0 }, coverage: 0 };
  const told = { ...result, segments, summary };
  const both = describeAnalyses([told]);
  expect(both).toMatch(/^\S+one\.wav .* abstained +75 %$/m);
  expect(both).toMatch(/^0:00\.3 +0:03\.5 +out-of-distribution +angry 90 % +sad 75 %$/m);
  expect(both).toMatch(/^0:03\.5 +1:02\.0 +unsure +sad 75 % +–$/m);
  expect(both).toMatch(/\nout-of-distribution: [^\n]*\nunsure: [^\n]*--min-confidence[^\n]*\n$/);
  const voiceOnly = describeAnalyses([
    { ...told, transcriber: null, summary: { ...summary, coverage: 0.25 } },
  ]);
  expect(voiceOnly).toMatch(/^0:00\.3 +0:03\.5 +out-of-distribution +angry 90 %$/m);
  expect(voiceOnly).toMatch(/^0:03\.5 +1:02\.0 +unsure +sad 75 %$/m);
  expect(voiceOnly).toMatch(/\nout-of-distribution: [^\n]*\nunsure: [^\n]*\n$/);
  const rows = new CsvRows();
  const csv = [rows.add(told), rows.finish()].join("");
  const [, , unsure]: Record<string, string>[] = parse(csv, { columns: true });
  expect(unsure).toMatchObject({ emotion: "sad", p_sad: "0.75", abstained: "unsure" });
});

test("the share that is answered stands beside the emotions", () => {
  expect(
    describeAnalyses([{ ...result, summary: { ...analysis.summary, coverage: 0.4 } }]),
  ).toContain("sad 95 %, angry 5 % (of 40 %)");
  expect(describeAnalyses([result])).not.toContain("(of");
});

/** What a printer writes of two results. */
async function printedAs(format: AnalysisFormat, bom = false): Promise<string> {
  const parts: string[] = [];
  const sink = { write: async (text: string) => void parts.push(text), end: async () => undefined };
  const printer = createPrinter(format, { sink, bom });
  for (const each of [result, failed]) await printer.print(each);
  await printer.end({ isComplete: true, ignored: { ".txt": 2 } });
  return parts.join("");
}

test("every format begins as its readers expect; a byte order mark stands once, before all", async () => {
  expect(await printedAs("csv", true)).toMatch(/^\uFEFFfile,[^\uFEFF]*$/);
  expect(await printedAs("csv")).toMatch(/^file,/);
  expect(JSON.parse(await printedAs("json"))).toMatchObject({
    files: { length: 2 },
    ignored: { ".txt": 2 },
  });
  expect((await printedAs("jsonl")).trimEnd().split("\n")).toHaveLength(2);
  expect(await printedAs("vtt")).toMatch(/^WEBVTT\n/);
  expect(await printedAs("srt")).toMatch(/^1\n/);
  expect(await printedAs("textgrid")).toMatch(/^File type = "ooTextFile"\n/);
  expect(await printedAs("eaf")).toMatch(/^<\?xml [^>]*>\n<ANNOTATION_DOCUMENT /);
});

test("a file is written at the end, and not at all where results are missing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sink-"));
  const path = join(folder, "results.csv");
  const sink = fileSink(path);
  await sink.write("a,b\n");
  await sink.end({ isComplete: false });
  expect(await readdir(folder)).toEqual([]);
  await printed(() => sink.end({ isComplete: true }));
  expect(await readFile(path, "utf8")).toBe("a,b\n");
  await rm(folder, { recursive: true });
});

test("a file's extension names its format, whatever its case", () => {
  const formats = { ".csv": "csv", ".TextGrid": "textgrid" };
  expect(formatOfFile("x/a.CSV", formats)).toBe("csv");
  expect(formatOfFile("a.textgrid", formats)).toBe("textgrid");
  for (const path of ["a.docx", "a", "folder.csv/a"]) {
    expect(() => formatOfFile(path, formats)).toThrow(".csv, .TextGrid");
  }
});
