import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCorpus } from "./read-corpus.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "corpus-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function fill(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await write(path, "");
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

test("RAVDESS: labels from the name, Kaggle's second tree dropped, song and video counted", async () => {
  await fill(
    "Actor_12/03-01-06-02-02-01-12.wav",
    "audio_speech_actors_01-24/Actor_12/03-01-06-02-02-01-12.wav",
    "audio_speech_actors_01-24/Actor_01/03-01-08-01-01-01-01.flac",
    "Actor_01/03-02-01-01-01-01-01.wav",
    "Video/01-01-01-01-01-01-01.mp4",
    "__MACOSX/Actor_01/._03-01-01-01-01-01-01.wav",
    "Actor_01/._03-01-01-01-01-01-01.wav",
  );
  expect(await readCorpus(root)).toEqual({
    corpus: "ravdess",
    root,
    clips: [
      {
        id: "03-01-06-02-02-01-12",
        path: join(root, "Actor_12/03-01-06-02-02-01-12.wav"),
        corpus: "ravdess",
        emotion: "fearful",
        speakerId: "12",
        sex: "female",
        sentenceId: "02",
        intensity: "strong",
        transcript: "Dogs are sitting by the door",
      },
      {
        id: "03-01-08-01-01-01-01",
        path: join(root, "audio_speech_actors_01-24/Actor_01/03-01-08-01-01-01-01.flac"),
        corpus: "ravdess",
        emotion: "surprised",
        speakerId: "01",
        sex: "male",
        sentenceId: "01",
        intensity: "normal",
        transcript: "Kids are talking by the door",
      },
    ],
    leftOut: [
      { reason: "song", count: 1, examples: ["Actor_01/03-02-01-01-01-01-01.wav"] },
      { reason: "video", count: 1, examples: ["Video/01-01-01-01-01-01-01.mp4"] },
      {
        reason: "second copy of a clip",
        count: 1,
        examples: ["audio_speech_actors_01-24/Actor_12/03-01-06-02-02-01-12.wav"],
      },
    ],
    warnings: [expect.stringMatching(/two speakers only/)],
  });
});

test("RAVDESS renamed by a browser and a resampling script; its songs and videos alone", async () => {
  await fill("03-01-05-01-01-01-01 (1).wav", "03-01-05-01-01-01-01.wav");
  await fill("03-01-04-01-01-01-02_16k.wav", "03-01-03-01-01-01-02 - Copy.wav");
  const { clips, leftOut } = await readCorpus(root);
  expect(clips.map(({ path, emotion }) => [path.slice(root.length + 1), emotion])).toEqual([
    ["03-01-03-01-01-01-02 - Copy.wav", "happy"],
    ["03-01-04-01-01-01-02_16k.wav", "sad"],
    ["03-01-05-01-01-01-01.wav", "angry"],
  ]);
  expect(leftOut).toEqual([
    { reason: "second copy of a clip", count: 1, examples: ["03-01-05-01-01-01-01 (1).wav"] },
  ]);
  await fill("song/Actor_01/03-02-05-01-01-01-01.wav", "video/Actor_01/01-01-05-01-01-01-01.mp4");
  for (const kind of ["song", "video"]) {
    await expect(readCorpus(join(root, kind))).rejects.toMatchObject({
      code: "dataset-invalid",
      message: expect.stringMatching(new RegExp(`no clip of ravdess is usable.*1 \\(${kind}\\)`)),
    });
  }
});

test("CREMA-D: sexes from the table above the audio, known bad recordings left out", async () => {
  await fill(
    "AudioWAV/1001_DFA_ANG_XX.wav",
    "AudioWAV/1002_IEO_HAP_HI.wav",
    "AudioWAV/1040_ITH_SAD_X.wav",
    "AudioWAV/1076_MTI_SAD_XX.wav",
    "AudioWAV/1006_TIE_HAP_XX.wav",
    "AudioWAV/notes.wav",
  );
  await write(
    "VideoDemographics.csv",
    '"ActorID","Age","Sex"\r\n1001,51,"Male"\r\n1002,21,"Female"',
  );
  const corpus = await readCorpus(join(root, "AudioWAV"));
  expect(corpus.corpus).toBe("crema-d");
  expect(corpus.clips).toEqual([
    {
      id: "1001_DFA_ANG_XX",
      path: join(root, "AudioWAV/1001_DFA_ANG_XX.wav"),
      corpus: "crema-d",
      emotion: "angry",
      speakerId: "1001",
      sex: "male",
      sentenceId: "DFA",
      transcript: "Don't forget a jacket",
    },
    {
      id: "1002_IEO_HAP_HI",
      path: join(root, "AudioWAV/1002_IEO_HAP_HI.wav"),
      corpus: "crema-d",
      emotion: "happy",
      speakerId: "1002",
      sex: "female",
      sentenceId: "IEO",
      intensity: "strong",
      transcript: "It's eleven o'clock",
    },
    {
      id: "1040_ITH_SAD_X",
      path: join(root, "AudioWAV/1040_ITH_SAD_X.wav"),
      corpus: "crema-d",
      emotion: "sad",
      speakerId: "1040",
      sentenceId: "ITH",
      transcript: "I think I have a doctor's appointment",
    },
  ]);
  expect(corpus.leftOut).toEqual([
    { reason: "the same audio under two labels", count: 1, examples: ["1006_TIE_HAP_XX.wav"] },
    { reason: "digital silence", count: 1, examples: ["1076_MTI_SAD_XX.wav"] },
    { reason: "name not of this corpus", count: 1, examples: ["notes.wav"] },
  ]);
  expect((await readCorpus(root, { keepDefects: true })).clips).toHaveLength(5);
});

test("TESS: both speakers, its odd name, pleasant surprise in each spelling", async () => {
  await fill(
    "OAF_Fear/OAF_back_fear.wav",
    "OAF_neutral/OA_bite_neutral.wav",
    "YAF_pleasant_surprised/YAF_dog_ps.wav",
    "OAF_Pleasant_surprise/OAF_dog_pleasant_surprise.wav",
  );
  const { corpus, clips } = await readCorpus(root);
  expect(corpus).toBe("tess");
  expect(clips.map((clip) => [clip.speakerId, clip.emotion, clip.transcript])).toEqual([
    ["OAF", "fearful", "Say the word back"],
    ["OAF", "surprised", "Say the word dog"],
    ["OAF", "neutral", "Say the word bite"],
    ["YAF", "surprised", "Say the word dog"],
  ]);
});

test("SAVEE: flat names and one folder a speaker", async () => {
  await fill("ALL/DC_a01.wav", "AudioData/JE/sa03.wav", "AudioData/KL/su15.wav");
  const { corpus, clips } = await readCorpus(root);
  expect(corpus).toBe("savee");
  expect(clips.map((clip) => [clip.id, clip.speakerId, clip.emotion])).toEqual([
    ["DC_a01", "DC", "angry"],
    ["JE_sa03", "JE", "sad"],
    ["KL_su15", "KL", "surprised"],
  ]);
});

test("EmoDB: German initials, sexes, boredom counted", async () => {
  await fill("wav/03a01Fa.wav", "wav/08b03Wb.wav", "wav/16a05La.wav", "wav/11b10Ad.wav");
  const { corpus, clips, leftOut } = await readCorpus(root);
  expect(corpus).toBe("emodb");
  expect(clips.map((clip) => [clip.speakerId, clip.sex, clip.emotion, clip.sentenceId])).toEqual([
    ["03", "male", "happy", "a01"],
    ["08", "female", "angry", "b03"],
    ["11", "male", "fearful", "b10"],
  ]);
  expect(leftOut).toEqual([{ reason: "boredom", count: 1, examples: ["wav/16a05La.wav"] }]);
});

test("an empty folder, a missing one, a mixed one, unknown names: each says what to do", async () => {
  await expect(readCorpus(root)).rejects.toThrow(/holds no audio files\. Name a corpus's folder/);
  await expect(readCorpus(join(root, "none"))).rejects.toMatchObject({ code: "file-not-found" });
  await fill("a.wav");
  await expect(readCorpus(root)).rejects.toThrow(/none of its 1 audio files .*--layout/);
  await expect(readCorpus(root, { corpus: "toString" })).rejects.toThrow(/Known: ravdess, crema-d/);
  await expect(readCorpus(root, { corpus: "tess" })).rejects.toThrow(
    /no clip of tess is usable\. Left out: 1 \(name not of this corpus\): a\.wav/,
  );
  await fill("03a01Fa.wav", "DC_a01.wav");
  await expect(readCorpus(root)).rejects.toThrow(/savee \(1\), emodb \(1\).*--corpus NAME/);
  expect((await readCorpus(root, { corpus: "emodb" })).clips).toHaveLength(1);
});

test("links to folders are followed once, a link back to a parent ends", async () => {
  await fill("store/Actor_01/03-01-01-01-01-01-01.wav", "mine/03-01-02-01-01-01-01.wav");
  await symlink(join(root, "store/Actor_01"), join(root, "mine/Actor_01"));
  await symlink(join(root, "mine"), join(root, "mine/loop"));
  await symlink(join(root, "nowhere.wav"), join(root, "mine/03-01-03-01-01-01-01.wav"));
  expect((await readCorpus(join(root, "mine"))).clips).toHaveLength(3);
});

const data = process.env["UNDERTONE_DATA"] ?? join(import.meta.dirname, "../../../shared/data");

test.skipIf(!existsSync(join(data, "ravdess")))("the real RAVDESS has its 1440 clips", async () => {
  const { corpus, clips, leftOut } = await readCorpus(join(data, "ravdess"));
  expect([corpus, clips.length, leftOut]).toEqual(["ravdess", 1440, []]);
  expect(clips.filter((clip) => clip.emotion === "neutral")).toHaveLength(96);
  expect(clips.filter((clip) => clip.sex === "female")).toHaveLength(720);
});

test.skipIf(!existsSync(join(data, "crema-d")))("the real CREMA-D has 7442 less 7", async () => {
  const { corpus, clips } = await readCorpus(join(data, "crema-d"));
  expect([corpus, clips.length]).toEqual(["crema-d", 7435]);
  expect(new Set(clips.map((clip) => clip.speakerId)).size).toBe(91);
  expect(clips.filter((clip) => clip.sex === undefined)).toEqual([]);
});
