import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdsTexts, readTextCorpus, type TextManifest } from "./text-manifest.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "texts-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const shown = ({ clips }: TextManifest): string[] =>
  clips.map((u) => `${u.split} ${u.id} ${u.speakerId} ${u.emotion}: ${u.transcript}`);

const meldHeader = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season\r\n";

test("MELD: quoted commas, curly quotes, a speaker within a dialogue", async () => {
  await write({
    "train_sent_emo.csv": `${meldHeader}1,"So, you’re late?",Ann,surprise,negative,0,0,8\r\n2,Yes.,Bob,neutral,neutral,0,1,8\r\n`,
    "dev_sent_emo.csv": `${meldHeader}1,Great!,Ann,joy,positive,0,0,8\r\n`,
    "test_sent_emo.csv": `${meldHeader}1,"“Ugh,” he said.",Cid,disgust,negative,0,3,8\r\n`,
  });
  const manifest = await readTextCorpus(root);
  expect(manifest).toMatchObject({ corpus: "meld", root, leftOut: [] });
  expect(shown(manifest)).toEqual([
    "train train-dia0-utt0 train-dia0-Ann surprised: So, you’re late?",
    "train train-dia0-utt1 train-dia0-Bob neutral: Yes.",
    "validation validation-dia0-utt0 validation-dia0-Ann happy: Great!",
    "test test-dia0-utt3 test-dia0-Cid disgust: “Ugh,” he said.",
  ]);
});

const ekman = "anger\ndisgust\nfear\njoy\nneutral\nsadness\nsurprise\n";
const original =
  "admiration\namusement\nanger\nannoyance\napproval\ncaring\nconfusion\ncuriosity\ndesire\ndisappointment\ndisapproval\ndisgust\nembarrassment\nexcitement\nfear\ngratitude\ngrief\njoy\nlove\nnervousness\noptimism\npride\nrealization\nrelief\nremorse\nsadness\nsurprise\nneutral\n";

test("GoEmotions: told apart by its labels; quotes are text; several labels and love left out", async () => {
  await write({
    "labels.txt": original,
    "train.tsv": '"So I say\t17\ta1\nJoy and more\t1,17\ta2\nI love it\t18\ta3\n',
    "dev.tsv": "Annoying\t3\tb1\n",
    "test.tsv": 'Well "well"\t27\tc1\n',
  });
  const manifest = await readTextCorpus(root);
  expect(manifest.corpus).toBe("goemotions");
  expect(shown(manifest)).toEqual([
    'train a1 a1 happy: "So I say',
    "validation b1 b1 angry: Annoying",
    'test c1 c1 neutral: Well "well"',
  ]);
  expect(manifest.leftOut).toEqual([
    { reason: "several labels", count: 1, examples: ["a2"] },
    { reason: 'label "love"', count: 1, examples: ["a3"] },
  ]);
  await write({
    "labels.txt": ekman,
    "train.tsv": "I love it\t3\ta3\n",
    "dev.tsv": "No\t0\tb1\n",
    "test.tsv": "Oh\t6\tc1\n",
  });
  const grouped = await readTextCorpus(root);
  expect(grouped.corpus).toBe("goemotions-ekman");
  expect(shown(grouped)).toEqual([
    "train a3 a3 happy: I love it",
    "validation b1 b1 angry: No",
    "test c1 c1 surprised: Oh",
  ]);
});

test("dair-ai emotion: the label stands after the last semicolon", async () => {
  await write({
    "train.txt": "i feel a; b;sadness\ni feel romantic;love\n",
    "val.txt": "i feel odd;fear\n",
    "test.txt": "i feel new;surprise",
  });
  const manifest = await readTextCorpus(root);
  expect(manifest.corpus).toBe("dair-emotion");
  expect(shown(manifest)).toEqual([
    "train train-1 train-1 sad: i feel a; b",
    "validation validation-1 validation-1 fearful: i feel odd",
    "test test-1 test-1 surprised: i feel new",
  ]);
  expect(manifest.leftOut).toEqual([{ reason: 'label "love"', count: 1, examples: ["train-2"] }]);
});

const isearRow = (person: number, label: string, text: string): string =>
  `${person}|1|${label}|4|3|0${person}${label.length}|${text}|1|`;
const letterOf = (person: number): string => String.fromCodePoint(87 + person);
const splitsOf = ({ clips }: TextManifest): string[] => [
  ...new Set(clips.map(({ speakerId, split }) => `${speakerId} ${split}`)),
];

test("ISEAR: separators and marks within a text, people who had nothing to tell, a split by people", async () => {
  const people = Array.from({ length: 20 }, (_, person) => 10 + person);
  const rows = people.flatMap((person) => [
    isearRow(person, "joy", `I met á friend number ${letterOf(person)}.`.replace(" á ", " á|")),
    isearRow(person, "sadness", `He said  \\\\no ${letterOf(person)}\\"" á and left.`),
  ]);
  rows.push(
    isearRow(99, "fear", "[ No response.]"),
    isearRow(98, "shame", "I lied."),
    isearRow(97, "fear", "NO RESPONSE"),
  );
  await write({
    "isear.csv": ["ID|CITY|Field1|Field3|Field2|MYKEY|SIT|STATE|", ...rows].join("\n"),
  });
  const manifest = await readTextCorpus(root);
  expect(manifest.corpus).toBe("isear");
  expect(manifest.clips.slice(0, 2)).toMatchObject([
    { id: "0103", transcript: "I met friend number a.", emotion: "happy", speakerId: "10" },
    { id: "0107", transcript: 'He said "no a" and left.', emotion: "sad", speakerId: "10" },
  ]);
  expect(manifest.leftOut).toMatchObject([
    { reason: "no answer", count: 2 },
    { reason: 'label "shame"', count: 1 },
  ]);
  const splits = splitsOf(manifest);
  expect(splits).toHaveLength(20);
  expect(splits.filter((split) => split.endsWith("test"))).toHaveLength(2);
  expect(splits.filter((split) => split.endsWith("validation"))).toHaveLength(2);
  expect(splitsOf(await readTextCorpus(root))).toEqual(splits);
  expect(splitsOf(await readTextCorpus(root, { seed: 2 }))).not.toEqual(splits);
});

const dialogues = {
  "train/dialogues_train.txt": "Hi . __eou__ Oh ! __eou__\nOne __eou__ Two __eou__ Three __eou__\n",
  "train/dialogues_emotion_train.txt": "0 6 \n0 0 \n",
  "validation/dialogues_validation.txt": "Fine , thanks . __eou__\n",
  "validation/dialogues_emotion_validation.txt": "4 \n",
  "test/dialogues_test.txt": "I don ’ t know . __eou__\n",
  "test/dialogues_emotion_test.txt": "3 \n",
};

test("DailyDialog: a dialogue whose labels do not fit is left out whole", async () => {
  await write(dialogues);
  const manifest = await readTextCorpus(root);
  expect(manifest.corpus).toBe("dailydialog");
  expect(shown(manifest)).toEqual([
    "train train-1-1 train-1 neutral: Hi .",
    "train train-1-2 train-1 surprised: Oh !",
    "validation validation-1-1 validation-1 happy: Fine , thanks .",
    "test test-1-1 test-1 fearful: I don ’ t know .",
  ]);
  expect(manifest.leftOut).toMatchObject([{ reason: "dialogue with labels missing", count: 3 }]);
  await write({ "train/dialogues_emotion_train.txt": "0 6 \n" });
  await expect(readTextCorpus(root)).rejects.toThrow(/has 2 dialogues and .* 1 lines of labels/);
});

test("a table with splits: no text stands in two splits, whatever its quotes and case", async () => {
  await write({
    "calls.csv":
      "\uFEFFtext,emotion,speaker,split\r\nI can’t!,anger,1,train\r\nOK then,joy,2,train\r\nBye,sad,2,train\r\nok THEN,joy,3,dev\r\n I can't! ,fear,4,val\r\nI CAN'T!!,calm,5,test\r\nI can't!,anger,5,test\r\nSo so,,6,test\r\n...,neutral,6,train\r\n§,neutral,6,train\r\n",
  });
  const manifest = await readTextCorpus(root);
  expect(manifest.corpus).toBe("calls");
  expect(shown(manifest)).toEqual([
    "train 4 2 sad: Bye",
    "validation 5 3 happy: ok THEN",
    "test 7 5 calm: I CAN'T!!",
    "test 8 5 angry: I can't!",
    "train 10 6 neutral: ...",
  ]);
  expect(manifest.leftOut).toEqual([
    { reason: "no label", count: 1, examples: ["9"] },
    { reason: "no words", count: 1, examples: ["11"] },
    { reason: "training text that validation or test has too", count: 2, examples: ["2", "3"] },
    { reason: "validation text that test has too", count: 1, examples: ["6"] },
  ]);
});

test("JSON Lines with text and emotion alone: each text is its own speaker", async () => {
  const lines = Array.from({ length: 30 }, (_, n) =>
    JSON.stringify({ text: `n ${"a".repeat(n + 1)} ${"b".repeat(n)}`, emotion: "joy" }),
  );
  await write({ "mine.jsonl": lines.join("\n") });
  const { clips } = await readTextCorpus(join(root, "mine.jsonl"));
  expect(clips[0]).toMatchObject({ id: "1", speakerId: "1", emotion: "happy" });
  expect(new Set(clips.map(({ split }) => split)).size).toBe(3);
});

test.each([
  ["x.csv", "text,emotion,split\na,joy,train\nb,joy,\n", /line 3: column "split": give every row/],
  [
    "x.csv",
    "text,emotion,split\na,joy,left\n",
    /line 2: column "split" has "left", which is none of/,
  ],
  ["x.csv", "text\na\n", /no column names the label \(emotion, .*--columns label=NAME/],
  ["x.csv", "text,emotion\na,\n", /no text has a label/],
  ["x.csv", "", /no text has a label/],
  ["x.csv", Uint8Array.of(0x74, 0xe4), /not UTF-8/],
  ["x.jsonl", '{"text":[1],"emotion":"joy"}\n', /line 1: column "text"/],
  ["x.txt", "a;joy", /neither a folder nor a table/],
])("%s of %j is refused", async (name, content, message) => {
  await write({ [name]: content });
  await expect(readTextCorpus(join(root, name))).rejects.toMatchObject({
    code: "dataset-invalid",
    message: expect.stringMatching(message),
  });
});

test.each([
  ["val.txt", "i feel odd\n", /val\.txt, line 1: not text;label/],
  ["val.txt", "i feel odd;fear\ni feel odd;bored\n", /"bored", which dair-emotion does not have/],
  ["val.txt", Uint8Array.of(0x74, 0xe4), /val\.txt: line 1 is not UTF-8/],
])("dair-ai emotion with a damaged %s: %j", async (name, content, message) => {
  await write({ "train.txt": "a;joy\n", "val.txt": "b;joy\n", "test.txt": "c;joy\n" });
  await write({ [name]: content });
  await expect(readTextCorpus(root)).rejects.toThrow(message);
});

test("damaged files of the others name file and line", async () => {
  await write({
    "labels.txt": ekman,
    "train.tsv": "a\t7\tx\n",
    "dev.tsv": "b\t0\ty\n",
    "test.tsv": "c\t0\tz\n",
  });
  await expect(readTextCorpus(root)).rejects.toThrow(
    /train\.tsv, line 1: not GoEmotions', .* below 7/,
  );
  await rm(join(root, "labels.txt"));
  await write({ "isear.csv": "ID|Field1|MYKEY|SIT|STATE|\n1|joy|2\n" });
  await expect(readTextCorpus(root)).rejects.toThrow(/isear\.csv, line 2: is cut short/);
  await write({ "isear.csv": "ID;SIT\n" });
  await expect(readTextCorpus(root)).rejects.toThrow(/line 1: not ISEAR's, which names ID, Field1/);
  await rm(join(root, "isear.csv"));
  for (const name of ["train", "dev", "test"])
    await write({ [`${name}_sent_emo.csv`]: "Utterance\nHi\n" });
  await expect(readTextCorpus(root)).rejects.toThrow(/line 2: not MELD's: no Speaker/);
});

test("an empty folder and a missing one say what to do", async () => {
  await expect(readTextCorpus(root)).rejects.toThrow(
    /no text corpus \(meld, .*Name the folder of one/,
  );
  await expect(readTextCorpus(join(root, "none"))).rejects.toMatchObject({
    code: "file-not-found",
  });
});

test.each([
  ["x.csv", '\uFEFF"text", emotion\r\nthe path,joy\r\n', true],
  ["x.csv", "path,emotion,text\n", false],
  ["x.csv", "emotion,speaker\n", false],
  ["x.jsonl", '\n{"text":"the path","emotion":"joy"}\n', true],
  ["x.jsonl", '{"path":"text.wav","transcript":"text"}\n', false],
  ["x.csv", "", false],
  ["x.wav", "text", false],
])("whether %s with %j is a corpus of texts: %j", async (name, content, answer) => {
  await write({ [name]: content });
  expect(await holdsTexts(join(root, name))).toBe(answer);
  expect(await holdsTexts(root)).toBe(answer);
});

test("a folder of a known corpus holds texts; an empty folder and a missing one do not", async () => {
  expect(await holdsTexts(root)).toBe(false);
  expect(await holdsTexts(join(root, "none"))).toBe(false);
  await write(dialogues);
  expect(await holdsTexts(root)).toBe(true);
});
