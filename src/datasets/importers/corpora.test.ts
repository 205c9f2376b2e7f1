import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clip } from "../manifest.ts";
import { readCorpus } from "../read-corpus.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "names-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, content = ""): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
async function fill(paths: readonly string[]): Promise<void> {
  for (const path of paths) await write(path);
}

/** `emotion speaker sex`, and sentence and words where there are some. */
const shown = ({ emotion, speakerId, sex, sentenceId, transcript }: Clip): string =>
  [emotion, speakerId, sex ?? "-", sentenceId, transcript]
    .filter((fact) => fact !== undefined)
    .join(" ");

/** The clips of a folder with a file of another name beside them, and what is left out. */
async function read(corpus: string, files: readonly string[]) {
  await fill([...files, "notes/unrelated.wav"]);
  const found = await readCorpus(root);
  expect(found.corpus).toBe(corpus);
  const [unrelated, ...leftOut] = found.leftOut.toSorted((a) =>
    a.reason === "name not of this corpus" ? -1 : 1,
  );
  expect(unrelated).toMatchObject({ count: 1, examples: ["notes/unrelated.wav"] });
  return { clips: found.clips.map(shown), leftOut: leftOut.map((each) => each.reason) };
}

describe("corpora whose file names carry the labels", () => {
  test.each([
    [
      "jl-corpus",
      [
        "Raw JL corpus (unchecked and unannotated)/JL(wav+txt)/female1_angry_10a_1.wav",
        "Raw JL corpus (unchecked and unannotated)/JL(wav+txt)/male2_excited_3b_2.wav",
        "Raw JL corpus (unchecked and unannotated)/JL(wav+txt)/male2_encouraging_3b_2.wav",
      ],
      ["angry female1 female 10a", "excited male2 male 3b"],
      ["secondary emotion"],
    ],
    [
      "mesd",
      ["Anger_C_A_abajo.wav", "Happiness_F_B_de acuerdo.wav", "Sadness_M_A_ayer (1).wav"],
      ["angry C - abajo", "happy F female de acuerdo", "sad M male ayer"],
      [],
    ],
    [
      "emovo",
      ["f1/dis-f1-b1.wav", "m2/gio-m2-l4.wav", "m3/sor-m3-n1.wav", "m3/tri-m3-d2.wav"],
      ["disgust f1 female b1", "happy m2 male l4", "surprised m3 male n1", "sad m3 male d2"],
      [],
    ],
    [
      "subesco",
      ["F_02_MONIKA_S_1_NEUTRAL_5.wav", "M_10_NIPUN_S_10_SURPRISE_1.wav"],
      ["neutral F_02 female 1", "surprised M_10 male 10"],
      [],
    ],
    [
      "urdu",
      ["Angry/SM1_F10_A010.wav", "Happy/SF9_F2_H095.wav", "Angry/SM4_F48_A0100.wav"],
      ["happy SF9 female", "angry SM1 male", "angry SM4 male"],
      [],
    ],
    [
      "turev-db",
      ["Sound Source/Angry/1157_kz_acik.wav", "Sound Source/Calm/1234_sk_algi.wav"],
      ["angry 1157 - acik", "calm 1234 - algi"],
      [],
    ],
    [
      "ased",
      ["01Neutral/n1-02-02-01-07.wav", "05Angry/a5-03-01-02-50.wav"],
      ["angry 50 male a5-03", "neutral 07 female n1-02"],
      [],
    ],
    [
      "esd",
      ["0001/Angry/train/0001_000351.wav", "0020/Surprise/0020_001401.wav"],
      ["angry 0001 -", "surprised 0020 -"],
      [],
    ],
    [
      "emodb",
      ["wav/03a01Wa.wav", "wav/16b10Lb.wav", "wav/08a02Tb.wav"],
      [
        "angry 03 male a01 Der Lappen liegt auf dem Eisschrank",
        "sad 08 female a02 Das will sie am Mittwoch abgeben",
      ],
      ["boredom"],
    ],
  ])("%s", async (corpus, files, ...[clips, leftOut]) => {
    expect(await read(corpus, files)).toEqual({ clips, leftOut });
  });

  test("nemo: sexes and words from data.tsv", async () => {
    await write(
      "nEMO/data.tsv",
      "file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage\nSK1_anger_1.wav\tanger\tNie, dzięki.\tnie dzięki\tSK1\tfemale\t22\n",
    );
    const { clips } = await read("nemo", [
      "nEMO/samples/SK1_anger_1.wav",
      "nEMO/samples/EB0_surprised_90.wav",
    ]);
    expect(clips).toEqual(["surprised EB0 - 90", "angry SK1 female 1 Nie, dzięki."]);
  });

  test("esd: words from a speaker's list", async () => {
    await write("0011/0011.txt", "0011_000001\tThe nine the eggs.\tNeutral\n");
    const { clips } = await read("esd", ["0011/Neutral/0011_000001.wav"]);
    expect(clips).toEqual(["neutral 0011 - The nine the eggs."]);
  });
});

test("names that are only like those of a corpus are not its", async () => {
  const others = [
    "female3_angry_10a_1.wav", // JL has two women
    "Anger_X_A_abajo.wav",
    "dis-f9-b1.wav",
    "F_02_MONIKA_1_NEUTRAL_5.wav",
    "SX1_F10_A010.wav",
    "1157_kz_acik.wav", // without its folder
    "q5-03-01-02-50.wav",
    "0021/Angry/0021_000351.wav",
    "SK1_bored_1.wav",
    "MSP-PODCAST_1.wav",
    "dia0_utt0.wav", // without its part
    "Ses06F_impro01_F000.wav",
  ];
  await fill(others);
  await expect(readCorpus(root)).rejects.toMatchObject({ code: "dataset-invalid" });
  for (const corpus of ["jl-corpus", "mesd", "emovo", "subesco", "urdu", "ased", "esd", "nemo"]) {
    await expect(readCorpus(root, { corpus })).rejects.toMatchObject({ code: "dataset-invalid" });
  }
});

/** An entry of THAI-SER's labels. */
const rated = (word: string) => [{ assigned_emo: "Sad", majority_emo: word }];

describe("corpora whose labels are in files of their own", () => {
  test("iemocap: EmoEvaluation, transcriptions, the three dimensions", async () => {
    const session = "IEMOCAP_full_release/Session1";
    await write(
      `${session}/dialog/EmoEvaluation/Ses01F_impro01.txt`,
      `% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]

[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 3.0000, 1.5000]
C-E2:\tNeutral;\t()
C-E3:\tNeutral;\t()

[10.0100 - 11.3925]\tSes01F_impro01_M001\texc\t[4.0000, 4.5000, 3.0000]
[14.8872 - 18.0175]\tSes01F_impro01_F002\txxx\t[2.5000, 2.5000, 2.5000]
[19.2900 - 20.7875]\tSes01F_impro01_F003\toth\t[2.5000, 3.0000, 3.0000]
`,
    );
    await write(`${session}/dialog/EmoEvaluation/Categorical/Ses01F_impro01_e1_cat.txt`, "?");
    await write(
      `${session}/dialog/transcriptions/Ses01F_impro01.txt`,
      "Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.\n",
    );
    const wav = `${session}/sentences/wav/Ses01F_impro01/Ses01F_impro01_`;
    const files = ["F000", "M001", "F002", "F003", "F009"].map((turn) => `${wav}${turn}.wav`);
    const { clips, leftOut } = await read("iemocap", files);
    expect(clips).toEqual(["neutral Ses01F female Excuse me.", "excited Ses01M male"]);
    expect(leftOut.toSorted()).toEqual(["another emotion", "no agreement", "no label"]);
    const [first] = (await readCorpus(root)).clips;
    expect(first!.dimensions).toEqual({ valence: 2.5, arousal: 3, dominance: 1.5 });
  });

  test("msp-podcast: consensus labels, official splits, unknown speakers", async () => {
    await write(
      "Labels/labels_consensus.csv",
      `FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set
MSP-PODCAST_0001_0008.wav,N,2.2,4.0,2.6,30,Male,Test1
MSP-PODCAST_0001_0009.wav,H,5.0,6.0,4.0,Unknown,Unknown,Train
MSP-PODCAST_0001_0011.wav,X,4.125,4.75,4.0,39,Female,Development
MSP-PODCAST_0002_0033_0012.wav,U,4.5,4.75,4.0,39,Female,Test3
`,
    );
    const files = ["0001_0008", "0001_0009", "0001_0011", "0002_0033_0012"];
    const { clips, leftOut } = await read(
      "msp-podcast",
      files.map((number) => `Audios/MSP-PODCAST_${number}.wav`),
    );
    expect(clips).toEqual(["neutral 30 male", "happy unknown -", "surprised 39 female"]);
    expect(leftOut).toEqual(["no agreement"]);
    const { clips: whole } = await readCorpus(join(root, "Audios"));
    expect(whole[0]).toMatchObject({
      split: "test",
      dimensions: { arousal: 2.2, valence: 4, dominance: 2.6 },
    });
    expect(whole.map(({ split }) => split)).toEqual(["test", "train", undefined]);
  });

  test("meld: the same dialogue numbers in each part", async () => {
    const header = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID\n";
    await write("train_sent_emo.csv", `${header}1,Hi!,Joey,joy,positive,0,0\n`);
    await write("dev_sent_emo.csv", `${header}1,"Oh, my God",Ross,surprise,negative,0,0\n`);
    await write("test_sent_emo.csv", `${header}1,No.,Rachel,sadness,negative,0,0\n`);
    const { clips, leftOut } = await read("meld", [
      "train/train_splits/dia0_utt0.mp4",
      "dev/dev_splits_complete/dia0_utt0.mp4",
      "test/output_repeated_splits_test/dia0_utt0.mp4",
      "wav/test_dia0_utt0.wav",
      "train/train_splits/dia125_utt3.mp4",
    ]);
    expect(clips).toEqual(["surprised Ross - Oh, my God", "sad Rachel - No.", "happy Joey - Hi!"]);
    expect(leftOut.toSorted()).toEqual(["no label", "second copy of a clip"]);
  });

  test("emns: metadata.csv, beside the sounds or above them", async () => {
    await write(
      "metadata.csv",
      "id|utterance|description|emotion|date_created|status|gender|age|level|audio_recording|user_id\n1|Well, go on.|x|Sarcastic|2022|complete|Female|22|5|wavs/recorded_audio_0bJpmSM.webm|3\n",
    );
    const { clips } = await read("emns", ["wavs/recorded_audio_0bJpmSM.webm"]);
    expect(clips).toEqual(["sarcastic 3 female Well, go on."]);
    expect((await readCorpus(join(root, "wavs"))).clips.map(shown)).toEqual(clips);
  });

  test("emozionalmente: samples and users; the same names without them are anything", async () => {
    await fill(["audio/1612872848291.wav", "audio/1612872848292.wav"]);
    await expect(readCorpus(root)).rejects.toThrow("metadata/samples.csv");
    await write(
      "metadata/samples.csv",
      "id,file_name,actor,emotion_expressed,sentence\n1,1612872848291.wav,anna,joy,Sono qui\n2,1612872848292.wav,bob,neutrality,Piove\n",
    );
    await write("metadata/users.csv", "username,age,gender\nanna,20,female\nbob,30,male\n");
    const { clips } = await read("emozionalmente", []);
    expect(clips).toEqual(["happy anna female Sono qui", "neutral bob male Piove"]);
  });

  test("thai-ser: raters' majority, one microphone of each utterance", async () => {
    await write(
      "emotion_label.json",
      JSON.stringify({
        "s001_con_actor001_impro1_1.flac": rated("Frustrated"),
        "s001_con_actor002_script1_1_1a.flac": rated("None"),
        "z001_mic_actor161_impro2_1.flac": rated("Happy"),
      }),
    );
    await write(
      "actor_demography.json",
      JSON.stringify({ data: [{ "Actor's ID": "001", Age: 20, Sex: "Female" }] }),
    );
    const { clips, leftOut } = await read("thai-ser", [
      "studio001/con/s001_con_actor001_impro1_1.flac",
      "studio001/clip/s001_clip_actor001_impro1_1.flac",
      "studio001/con/s001_con_actor002_script1_1_1a.flac",
      "zoom001/mic/z001_mic_actor161_impro2_1.flac",
    ]);
    expect(clips).toEqual(["frustrated 001 female", "happy 161 -"]);
    expect(leftOut.toSorted()).toEqual(["no agreement", "no label"]);
    await write("emotion_label.json", "[]");
    await expect(readCorpus(root)).rejects.toMatchObject({ code: "dataset-invalid" });
  });

  test("labels that are missing are asked for by name", async () => {
    await fill(["Audios/MSP-PODCAST_0001_0008.wav"]);
    const refused = { code: "dataset-invalid", message: expect.stringContaining("labels_cons") };
    await expect(readCorpus(root)).rejects.toMatchObject(refused);
    await expect(readCorpus(root, { corpus: "iemocap" })).rejects.toThrow("EmoEvaluation");
    await write("clips.csv", "path,emotion\nAudios/MSP-PODCAST_0001_0008.wav,sad\n");
    expect((await readCorpus(root)).clips.map(shown)).toEqual(["sad unknown -"]);
  });
});
