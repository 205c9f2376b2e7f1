import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { importCorpus } from "../import-corpus.ts";
import type { Clip } from "../manifest.ts";
import { readCorpus } from "../read-corpus.ts";
import { parseColumns } from "../table-columns.ts";
import { readTextCorpus } from "../text-manifest.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "tables-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content: string | Uint8Array): Promise<string> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
  return join(root, path);
}

const shown = (clips: readonly Clip[]): string[] =>
  clips.map(({ id, emotion, speakerId }) => `${id} ${emotion} ${speakerId}`);

test("two columns of one name are invalid where they are read", async () => {
  const twice = await write("t/twice.csv", "path,emotion,emotion,note,note\na.wav,sad,happy,x,y\n");
  await expect(readCorpus(twice)).rejects.toMatchObject({ code: "dataset-invalid" });
});

describe("tables as people have them", () => {
  const folder = join(import.meta.dirname, "../../../test/fixtures/tables");

  test.each([
    ["back", ["audio/c1.wav sad 1", "audio/c2.wav angry 2"]],
    ["blank", ["audio/c1.wav sad 1", "audio/c2.wav angry 2"]],
    ["caps", ["audio/c1.wav sad 1", "audio/c2.wav angry 2"]],
    ["de", ["audio/c1.wav angry 1", "audio/c2.wav happy 1", "audio/c3.wav sad 2"]],
    [
      "iemo",
      [
        "audio/c1.wav angry 1",
        "audio/c2.wav happy 1",
        "audio/c3.wav excited 2",
        "audio/c4.wav frustrated 2",
        "audio/c5.wav neutral 2",
        "audio/c6.wav sad 2",
        "audio/c7.wav fearful 2",
        "audio/c8.wav surprised 2",
      ],
    ],
    ["names", ["audio/c1.wav sad 1"]],
    ["nospk", ["audio/c1.wav sad unknown"]],
    ["semi", ["audio/c1.wav sad 1", "audio/c2.wav angry 2"]],
    ["sep", ["audio/c1.wav sad 1"]],
    [
      "syn",
      [
        "audio/c1.wav fearful 1",
        "audio/c2.wav fearful 1",
        "audio/c3.wav fearful 2",
        "audio/c4.wav disgust 2",
        "audio/c5.wav surprised 2",
        "audio/c6.wav surprised 2",
        "audio/c7.wav angry 2",
        "audio/c8.wav fearful 2",
      ],
    ],
    ["utf16", ["audio/c1.wav sad 1"]],
  ])("%s", async (name, clips) => {
    const corpus = await readCorpus(join(folder, `${name}.csv`));
    expect(shown(corpus.clips)).toEqual(clips);
    expect(corpus.clips[0]!.path).toBe(join(folder, "audio/c1.wav"));
    expect(corpus.leftOut).toEqual([]);
  });

  test("segm: parts of a file are clips of their own", async () => {
    const { clips, leftOut } = await readCorpus(join(folder, "segm.csv"));
    expect(clips.map(({ id, segment, emotion }) => [id, segment, emotion])).toEqual([
      ["audio/c1.wav#0-0.5", { startSec: 0, endSec: 0.5 }, "sad"],
      ["audio/c1.wav#0.5-1", { startSec: 0.5, endSec: 1 }, "angry"],
    ]);
    expect(leftOut).toEqual([]);
  });

  test("words that become one label are named; so are missing speakers", async () => {
    const { warnings } = await readCorpus(join(folder, "syn.csv"));
    expect(warnings).toContainEqual(
      expect.stringMatching(/afraid, anxious, scared, fear .*"fearful"/),
    );
    const silent = await readCorpus(join(folder, "nospk.csv"));
    expect(silent.warnings).toEqual([expect.stringMatching(/No speakers are named/)]);
  });
});

test("byte order mark, quotes, CRLF, paths outside its folder, labels of one's own", async () => {
  const table = await write(
    "tables/calls.csv",
    '\uFEFFpath,emotion,speaker,sex,transcript,agent,split\r\n../audio/a.wav,Joy,7,F,"Well, ""hello""",x,dev\r\nb.wav,anger,8,,,y,\r\nc.wav,Weary,8,x,,z,\r\nd.wav,,8,,,z,\r\ne.wav,sad,,,,z,\r\n',
  );
  const { corpus, clips, leftOut } = await readCorpus(table);
  expect(corpus).toBe("calls");
  expect(clips).toEqual([
    {
      id: "../audio/a.wav",
      path: join(root, "audio/a.wav"),
      corpus: "calls",
      emotion: "happy",
      speakerId: "7",
      sex: "female",
      transcript: 'Well, "hello"',
      split: "validation",
    },
    {
      id: "b.wav",
      path: join(root, "tables/b.wav"),
      corpus: "calls",
      emotion: "angry",
      speakerId: "8",
    },
    {
      id: "c.wav",
      path: join(root, "tables/c.wav"),
      corpus: "calls",
      emotion: "weary",
      speakerId: "8",
    },
  ]);
  expect(leftOut).toEqual([
    { reason: "no label", count: 1, examples: ["d.wav"] },
    { reason: "no speaker", count: 1, examples: ["e.wav"] },
  ]);
});

test("the only JSON Lines table of a folder of unknown names is read; numbers are text", async () => {
  await write("x/one.wav", "");
  await write("clips.jsonl", '{"path":"x/one.wav","emotion":2,"speaker":3}\n\n');
  const { clips } = await readCorpus(root);
  expect(shown(clips)).toEqual(["x/one.wav 2 3"]);
  expect(clips[0]!.path).toBe(join(root, "x/one.wav"));
});

test.each([
  ["tab.tsv", "wav\tclass\tactor\na.wav\tsad\t1\n"],
  ["bar.csv", "Audio File|Target|Subject ID\na.wav|sad|1\n"],
  ["quoted.csv", '"file_name";"emotion;a,b,c"\n"a.wav";"sad"\n'.replace(";a,b,c", "")],
  ["big-endian.csv", Buffer.from("\uFEFFfile,label\na.wav,sad\n", "utf16le").swap16()],
  ["no-mark.csv", Buffer.from("file,label\na.wav,sad\n", "utf16le")],
])("%s is read", async (name, content) => {
  const { clips } = await readCorpus(await write(name, content));
  expect(clips).toMatchObject([{ id: "a.wav", emotion: "sad" }]);
});

test("columns of other names are named; of several usual ones the choice is told", async () => {
  const table = await write("x.csv", "ton,gefühl,wer,set\na.wav,wut,1,A\nb.wav,freude,2,B\n");
  const columns = parseColumns("path=ton, label=gefühl, speaker=wer,split=");
  expect(shown((await readCorpus(table, { columns })).clips)).toEqual([
    "a.wav angry 1",
    "b.wav happy 2",
  ]);
  await expect(readCorpus(table, { columns: { ...columns, path: "tone" } })).rejects.toThrow(
    /no column "tone" for path\. Its columns are ton, gefühl, wer, set/,
  );
  const both = await write("both.csv", "path,emotion,sentiment,speaker\na.wav,sad,negative,1\n");
  expect((await readCorpus(both)).warnings).toContainEqual(
    expect.stringMatching(/label is read from the column "emotion", not from "sentiment"/),
  );
  expect(() => parseColumns("pfad=x")).toThrow(expect.objectContaining({ code: "usage" }));
});

test("words that alone became another label are told as they are spelled", async () => {
  const words = ["Wut", "wut", "Sad", "happy", "joyful", "own", "gef\u0075\u0308hl"];
  const rows = words.map((word, index) => `${index}.wav,${word}\n`);
  const { renamed } = await readCorpus(await write("words.csv", `path,label\n${rows.join("")}`));
  expect(renamed).toEqual(["Wut → angry"]);
});

test("a column of splits under another name is told, unless it is said that there is none", async () => {
  const warning = expect.stringMatching(/column "side" names splits .*--columns split=side/);
  const rows = "a.wav,sad,1,train\nb.wav,happy,2,dev\nc.wav,sad,3,test\n";
  const table = await write("x.csv", `path,emotion,speaker,side\n${rows}`);
  expect((await readCorpus(table)).warnings).toEqual([warning]);
  expect((await readCorpus(table, { columns: { split: "" } })).warnings).toEqual([]);
  const { clips, warnings } = await readCorpus(table, { columns: { split: "side" } });
  expect([clips.map(({ split }) => split), warnings]).toEqual([
    ["train", "validation", "test"],
    [],
  ]);
  const texts = await write("texts.csv", "text,label,side\nwell done,happy,train\nno,sad,test\n");
  expect((await readTextCorpus(texts)).warnings).toEqual([warning]);
  const others = await write("others.csv", `path,emotion,speaker,side\n${rows}d.wav,sad,4,left\n`);
  expect((await readCorpus(others)).warnings).toEqual([]);
});

test("a repeated row is left out; times are not read, and that is said", async () => {
  const repeated = await write("x.csv", "path,emotion\na.wav,sad\n./a.wav,sadness\n");
  expect((await readCorpus(repeated)).leftOut).toMatchObject([{ reason: "second row of a clip" }]);
});

test("audformat: labels in one table, speakers in another; several tables of labels are asked for", async () => {
  await write("db/wav/x.wav", "");
  await write(
    "db/db.emotion.csv",
    "file,emotion,emotion.confidence\nwav/x.wav,anger,0.9\nwav/y.wav,neutral,1\n",
  );
  await write(
    "db/db.files.csv",
    "file,duration,speaker,transcription\nwav/x.wav,0 days 00:00:01.9,3,a01\nwav/y.wav,0 days 00:00:01.6,8,a02\n",
  );
  const { corpus, clips } = await readCorpus(join(root, "db"));
  expect(corpus).toBe("db.emotion");
  expect(shown(clips)).toEqual(["wav/x.wav angry 3", "wav/y.wav neutral 8"]);
  expect(clips[1]).toMatchObject({ transcript: "a02" });
  await write("db/db.emotion.test.csv", "file,emotion\nwav/x.wav,anger\n");
  await expect(readCorpus(join(root, "db"))).rejects.toThrow(/holds 3 tables/);
});

test("times as audformat, subtitles and people write them; Latin-1", async () => {
  const times = await write(
    "x.csv",
    "file,start,end,emotion\na.wav,0 days 00:00:01.500000,0 days 00:01:02,sad\nb.wav,0 days,NaT,sad\nc.wav,1:02.5,,happy\na.wav,0,1.5,happy\n",
  );
  expect((await readCorpus(times)).clips.map(({ id, segment }) => [id, segment])).toEqual([
    ["a.wav#1.5-62", { startSec: 1.5, endSec: 62 }],
    ["b.wav", undefined],
    ["c.wav#62.5-", { startSec: 62.5 }],
    ["a.wav#0-1.5", { startSec: 0, endSec: 1.5 }],
  ]);
  await importCorpus([times], join(root, "again.csv"));
  const again = await readCorpus(join(root, "again.csv"));
  expect(again.clips.map(({ id }) => id)).toContain("a.wav#1.5-62");
  const latin = await write("l.csv", Buffer.from("file,emotion\nmüde.wav,ärger\n", "latin1"));
  const { clips, warnings } = await readCorpus(latin);
  expect(clips).toMatchObject([{ id: "müde.wav", emotion: "angry" }]);
  expect(warnings).toContainEqual(expect.stringMatching(/Windows-1252/));
});

test.each([
  ["x.csv", "path,speaker\na.wav,1\n", /no column names the label \(emotion, .*are path, speaker/],
  ["x.csv", "a.wav,sad\nb.wav,angry\n", /no column names the path .*add a header/],
  ["x.csv", "path,emotion,speaker\na.wav,sad\n", /x\.csv: .*line 2/],
  ["x.csv", "path,emotion\n,sad\n", /line 2: column "path" is empty/],
  ["x.csv", "path,emotion,set\na.wav,sad,A\n", /line 2: column "set" has "A".*--columns split=/],
  ["x.csv", "path,emotion,speaker\na.wav,sad,1\n./a.wav,angry,1\n", /line 3: .* a second time/],
  ["x.csv", "path,emotion,speaker\n", /no rows/],
  ["x.csv", "", /no rows/],
  ["x.csv", "path,emotion\na.wav,xxx\n", /no row has a label/],
  ["x.csv", "path,emotion,start\na.wav,sad,soon\n", /line 2: column "start" has "soon"/],
  ["x.csv", "path,emotion,start,end\na.wav,sad,2,1\n", /line 2: ends at 1 s/],
  ["x.csv", Uint8Array.of(0xff, 0xfe, 0x70, 0, 0x70), /damaged UTF-16/],
  ["x.csv", "PK\u0003\u0004...", /is a spreadsheet/],
  ["x.jsonl", '{"path":"a.wav",\n', /line 1: not JSON/],
  ["x.jsonl", '{"path":"a.wav","emotion":"sad","speaker":1}\n[1]\n', /line 2: not a JSON object/],
  ["x.jsonl", '{"path":[7],"emotion":"sad","speaker":1}\n', /line 1: column "path"/],
  ["x.wav", "RIFF", /neither a folder nor a table/],
])("%s of %j is refused", async (name, content, message) => {
  await expect(readCorpus(await write(name, content))).rejects.toMatchObject({
    code: "dataset-invalid",
    message: expect.stringMatching(message),
  });
});

test.skipIf(process.platform === "win32")("a path on a Windows drive is refused", async () => {
  const table = await write("x.csv", "path,emotion\nC:\\data\\a.wav,sad\n");
  await expect(readCorpus(table)).rejects.toThrow(/line 2: C:\/data\/a\.wav is on a Windows drive/);
});
