import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { DOMParser } from "linkedom";
import { expect, test } from "vitest";
import { analysis } from "../../../test/support/analysis.ts";
import { expectToCover, tiersOf } from "../../../test/support/text-grid.ts";
import { encodeWav } from "../../audio/wav.ts";
import { readCorpus } from "../../datasets/read-corpus.ts";
import type { LabeledSegment } from "../labels/edits.ts";
import type { ExportedRecording } from "./exported-recording.ts";
import { exportFormats, exportRecording, type ExportFormat } from "./formats.ts";

const hostile = `=cmd|' /C calc'!A0,"<img src=x onerror=alert(1)>"\u0001\n`;

const labeled = (
  startSec: number,
  endSec: number,
  ...[label, by]: [string | null, string]
): LabeledSegment => ({
  startSec,
  endSec,
  label,
  by,
  speaker: null,
});

const recording: ExportedRecording = {
  name: `a "b" & <c>#1.wav`,
  durationSec: analysis.durationSec,
  analysis,
  labels: [
    labeled(0.25, 3.5, "happy", "Ada"),
    labeled(0.25, 3.5, hostile, "=Bo"),
    labeled(5, 6, "sad", "Ada"),
    labeled(6, 7, null, "Ada"),
  ],
};

const options = { by: "Ada", date: new Date(0) };

async function write(format: ExportFormat, of = recording): Promise<string> {
  const written = await exportRecording(of, format, options);
  return typeof written === "string" ? written : Buffer.from(written).toString();
}

test("train --data reads the table: paths, times, labels and speakers, whatever their names", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-exports-"));
  const name = `a, "b" & <c>.wav`;
  await writeFile(join(folder, name), encodeWav(new Float32Array(16_000 * 7), 16_000));
  const of = {
    ...recording,
    name,
    labels: recording.labels.map((each) => ({
      ...each,
      speaker: each.by === "Ada" ? "agent, 1" : null,
    })),
  };
  await writeFile(join(folder, "mine.csv"), await write("training", of));
  const { clips } = await readCorpus(join(folder, "mine.csv"));
  expect(clips).toMatchObject([
    { emotion: "happy", speakerId: "agent, 1", segment: { startSec: 0.25, endSec: 3.5 } },
    { emotion: "sad", speakerId: "agent, 1", segment: { startSec: 5, endSec: 6 } },
  ]);
  expect(clips[0]!.path).toBe(join(folder, name));
  await rm(folder, { recursive: true });
});

test("the table of segments has a column for the model and for each person, and no formula", async () => {
  const rows: string[][] = parse(await write("segments"));
  expect(rows[0]!.slice(4)).toEqual(["emotion", "confidence", "text", "label Ada", "label =Bo"]);
  expect(rows[1]!.slice(1, 5)).toEqual(["0.25", "3.5", "", "angry"]);
  expect(rows[1]!.slice(-2)).toEqual(["happy", `'${hostile.replace("\u0001", "\uFFFD")}`]);
  expect(rows.find(([, start]) => start === "5")?.slice(4)).toEqual(["", "", "", "sad", ""]);
  for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@]/);
});

test("the same table as Parquet has its columns, and texts as they are", async () => {
  const text = await write("parquet");
  expect([text.slice(0, 4), text.slice(-4)]).toEqual(["PAR1", "PAR1"]);
  for (const part of ["startSec", "confidence", "label Ada", "label =Bo", hostile]) {
    expect(text).toContain(part);
  }
});

test("Label Studio: annotations by person, the model as prediction, regions within the recording", async () => {
  const [task] = JSON.parse(await write("label-studio"));
  expect(task.data).toEqual({ audio: recording.name });
  expect(task.annotations).toHaveLength(2);
  expect(task.annotations[1].result).toEqual([
    {
      id: "a1-0",
      to_name: "audio",
      from_name: "emotion",
      type: "labels",
      original_length: analysis.durationSec,
      meta: { text: ["=Bo"] },
      value: { start: 0.25, end: 3.5, channel: 0, labels: [hostile] },
    },
  ]);
  const [first, words] = task.predictions[0].result;
  expect(first.value.labels).toEqual(["angry"]);
  expect(words).toMatchObject({ id: first.id, type: "textarea", from_name: "transcription" });
  const markup = new DOMParser().parseFromString(await write("label-studio-interface"), "text/xml");
  expect(
    Array.from(markup.querySelectorAll("Label"), (label: Element) => label.getAttribute("value")),
  ).toHaveLength(4);
});

test("TextGrid: a tier for each person that covers the recording without gaps, after those of the model", async () => {
  const tiers = tiersOf(await write("textgrid"));
  expect(tiers.map((tier) => /name = "(.*)"/.exec(tier)?.[1])).toEqual([
    "emotion",
    "voice",
    "words",
    "text",
    "Ada",
    "=Bo",
  ]);
  for (const tier of tiers) expectToCover(tier, analysis.durationSec);
  const quotes = tiers.at(-1)!.match(/text = "((?:[^"]|"")*)" \n/g);
  expect(quotes).toHaveLength(3); // a pause, the label, a pause
});

test("ELAN: each annotation has two time slots of its own, ids and tier names are unique, no text is markup", async () => {
  const twice = { ...recording, labels: [...recording.labels, labeled(1, 2, "calm", "text")] };
  const xml = await write("elan", twice);
  // oxlint-disable-next-line no-control-regex -- what XML cannot hold
  expect(xml).not.toMatch(/[\u0000-\u0008]/);
  const root = new DOMParser().parseFromString(xml, "text/xml");
  const idsOf = (element: string, attribute: string): string[] =>
    Array.from(root.querySelectorAll(element), (each: Element) => each.getAttribute(attribute)!);
  const slots = idsOf("TIME_SLOT", "TIME_SLOT_ID");
  const used = ["TIME_SLOT_REF1", "TIME_SLOT_REF2"].flatMap((ref) =>
    idsOf("ALIGNABLE_ANNOTATION", ref),
  );
  expect(used.toSorted()).toEqual(slots.toSorted());
  for (const ids of [
    slots,
    idsOf("ALIGNABLE_ANNOTATION", "ANNOTATION_ID"),
    idsOf("TIER", "TIER_ID"),
  ])
    expect(new Set(ids).size).toBe(ids.length);
  expect(idsOf("TIER", "TIER_ID")).toEqual([
    "emotion",
    "voice",
    "words",
    "text",
    "Ada",
    "=Bo",
    "text (2)",
  ]);
  expect(idsOf("MEDIA_DESCRIPTOR", "RELATIVE_MEDIA_URL")).toEqual([
    "./a%20%22b%22%20&amp;%20%3Cc%3E%231.wav", // this parser leaves entities in attributes as they are
  ]);
  expect(root.querySelectorAll("img")).toHaveLength(0);
  const times = idsOf("TIME_SLOT", "TIME_VALUE").map(Number);
  expect(times.every(Number.isInteger)).toBe(true);
});

test("Audacity: start, end and label of one person, a line each", async () => {
  expect(await write("audacity")).toBe("0.250000\t3.500000\thappy\n5.000000\t6.000000\tsad\n");
  const line = { ...recording, labels: [labeled(1, 2, "a\tb\nc", "Ada")] };
  expect(await write("audacity", line)).toBe("1.000000\t2.000000\ta b c\n");
});

test("subtitles have a person's label in place of the model's", async () => {
  expect(await write("srt")).toMatch(
    /^1\n00:00:00,250 --> .*\n\[happy\] He said "stop" → and I <b>/,
  );
  expect(await write("vtt")).toMatch(
    /^WEBVTT\n\n00:00:00.250 --> .*\n\[happy\] He said "stop" --&gt; and I &lt;b&gt;/,
  );
  const silent = { ...recording, analysis: null };
  expect(await write("srt", silent)).toContain("[sad]");
});

test.each(exportFormats)("%s of a recording without labels or analysis", async (format) => {
  const empty = { ...recording, labels: [], analysis: null };
  await expect(write(format, empty)).resolves.toBeTypeOf("string");
});
