import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseLabelMap, parseLabelMapFile } from "./label-map.ts";
import { readCorpora, readCorpus } from "./read-corpus.ts";
import { parseSpeakerPattern } from "./speaker-pattern.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "options-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content = ""): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

const usage = expect.objectContaining({ code: "usage" });

describe("--map", () => {
  test("joins labels and leaves some out, by any word for them, and says so", async () => {
    await write("t.csv", "path,emotion\na.wav,exc\nb.wav,hap\nc.wav,oth\nd.wav,sad\n");
    const map = parseLabelMap("excited=Joy, oth = ");
    const { clips, leftOut, renamed } = await readCorpus(join(root, "t.csv"), { map });
    expect(clips.map(({ id, emotion }) => `${id} ${emotion}`)).toEqual([
      "a.wav happy",
      "b.wav happy",
      "d.wav sad",
    ]);
    expect(leftOut).toEqual([{ reason: "oth, by --map", count: 1, examples: ["c.wav"] }]);
    expect(renamed).toContain("excited → happy");
  });

  test("a label that no clip has is refused, in several corpora one that none has", async () => {
    await write("a.csv", "path,emotion,speaker\na.wav,sad,1\n");
    await write("b.csv", "path,emotion,speaker\nb.wav,bored,1\n");
    const paths = [join(root, "a.csv"), join(root, "b.csv")];
    const map = { bored: "neutral" };
    await expect(readCorpus(paths[0]!, { map })).rejects.toEqual(usage);
    const { clips } = await readCorpora(paths, { map });
    expect(clips.map(({ emotion }) => emotion)).toEqual(["sad", "neutral"]);
    await expect(readCorpora(paths, { map: { weary: "sad" } })).rejects.toEqual(usage);
  });

  test("files: a JSON object, a table of two columns", () => {
    const expected = { excited: "happy", other: "" };
    const json = Buffer.from('{"exc": "happy", "other": ""}');
    expect(parseLabelMapFile("m.json", json)).toEqual(expected);
    const csv = Buffer.from("emotion;read as\nexc;Freude\nother;\n");
    expect(parseLabelMapFile("m.csv", csv)).toEqual(expected);
  });

  test.each(["exc", "exc=happy=sad", "=happy", "exc:happy"])("%s is no map", (text) => {
    expect(() => parseLabelMap(text)).toThrow(usage);
  });

  test.each(["{", '{"a": 1}', '["a"]'])("%s is no file of labels", (text) => {
    expect(() => parseLabelMapFile("m.json", Buffer.from(text))).toThrow(usage);
  });
});

describe("--speaker-from", () => {
  test("finds speakers in paths of folders and tables; what does not match is left out", async () => {
    await write("angry/ann_1.wav");
    await write("sad/bob_2.wav");
    await write("sad/3.wav");
    await write("t.csv", "path,emotion\nsad/bob_2.wav,sad\nangry/ann_1.wav,angry\n");
    const speakerFrom = parseSpeakerPattern("([a-z]+)_\\d");
    const folders = await readCorpus(root, { speakerFrom, layout: "label" });
    expect(folders.clips.map(({ id, speakerId }) => `${id} ${speakerId}`)).toEqual([
      "angry/ann_1.wav ann",
      "sad/bob_2.wav bob",
    ]);
    expect(folders.leftOut).toEqual([{ reason: "no speaker", count: 1, examples: ["sad/3.wav"] }]);
    expect(folders.warnings).toEqual([expect.stringMatching(/two speakers only/)]);
    const { clips } = await readCorpus(join(root, "t.csv"), { speakerFrom });
    expect(clips.map(({ speakerId }) => speakerId)).toEqual(["bob", "ann"]);
    const none = parseSpeakerPattern("^x(\\d)");
    await expect(readCorpus(root, { speakerFrom: none })).rejects.toEqual(usage);
  });

  test.each(["(", "\\d+", ""])("%s is no pattern with a group", (text) => {
    expect(() => parseSpeakerPattern(text)).toThrow(usage);
  });
});

describe("Git LFS pointers", () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 58094\n`;

  test("alone they are refused by name, among sounds they are left out", async () => {
    await write("1001_DFA_ANG_XX.wav", pointer);
    await write("1002_DFA_HAP_XX.wav", pointer);
    const refused = { code: "dataset-invalid", message: expect.stringContaining("git lfs pull") };
    await expect(readCorpus(root)).rejects.toMatchObject(refused);
    await write("1003_DFA_SAD_XX.wav", "RIFF");
    const { clips, leftOut } = await readCorpus(root);
    expect(clips.map(({ id }) => id)).toEqual(["1003_DFA_SAD_XX"]);
    expect(leftOut).toMatchObject([{ count: 2, reason: expect.stringContaining("Git LFS") }]);
  });
});
