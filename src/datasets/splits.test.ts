import { assert, constantFrom, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { emotions } from "../shared/emotions.ts";
import { assertNoLeakage } from "./leakage.ts";
import { type Clip, type Manifest, type Sex, unknownSpeaker } from "./manifest.ts";
import { type Protocol, protocolNames } from "./protocols.ts";
import { speakerWarnings } from "./speaker-warnings.ts";
import { makeSplits, type Split } from "./splits.ts";

/** Speakers 01, 02, …, odd ones male; neutral half as often as the others, as in RAVDESS. */
function corpusOf(speakers: number, clipsPerEmotion: number): Manifest {
  const clips: Clip[] = [];
  for (let speaker = 1; speaker <= speakers; speaker++) {
    const speakerId = String(speaker).padStart(2, "0");
    const sex: Sex = speaker % 2 === 1 ? "male" : "female";
    for (const emotion of emotions) {
      const count = emotion === "neutral" ? clipsPerEmotion / 2 : clipsPerEmotion;
      for (let take = 0; take < count; take++) {
        const id = `${speakerId}-${emotion}-${take}`;
        clips.push({ id, path: `/${id}.wav`, emotion, speakerId, sex });
      }
    }
  }
  return { corpus: "ravdess", root: "/", clips };
}

const ravdess = corpusOf(24, 8);
const everyId = ravdess.clips.map((clip) => clip.id).toSorted();
const noHashes = new Map<string, string>();
const clean = makeSplits(ravdess, "emobox", { seed: 1 })[0]!;

const speakers = (ids: readonly string[]): string[] => [
  ...new Set(ids.map((id) => id.slice(0, 2))),
];
const men = (ids: readonly string[]): number =>
  speakers(ids).filter((id) => Number(id) % 2 === 1).length;
const all = (split: Split): string[] => [...split.train, ...split.validation, ...split.test];

test("EmoBox's and Luna-Jiménez's folds test every actor once, on whole speakers", () => {
  expect(ravdess.clips).toHaveLength(1440);
  const emobox = makeSplits(ravdess, "emobox", { seed: 1 });
  expect(emobox.map((split) => speakers(split.test).map(Number))).toEqual([
    [1, 11, 20, 21],
    [4, 10, 12, 14],
    [8, 9, 19, 23],
    [3, 5, 7, 24],
    [2, 15, 16, 18],
    [6, 13, 17, 22],
  ]);
  const luna = makeSplits(ravdess, "luna-jimenez", { seed: 1 });
  expect(luna.map((split) => speakers(split.test).length)).toEqual([5, 5, 5, 5, 4]);
  for (const splits of [emobox, luna]) {
    expect(splits.flatMap((split) => split.test).toSorted()).toEqual(everyId);
    for (const split of splits) {
      expect(all(split).toSorted()).toEqual(everyId);
      expect(speakers(split.validation)).toHaveLength(2);
      expect(men(split.validation)).toBe(1);
    }
    expect(new Set(splits.flatMap((split) => speakers(split.validation))).size).toBe(
      2 * splits.length,
    );
  }
});

test("leave one speaker out has a fold a speaker; all has no test split", () => {
  const folds = makeSplits(ravdess, "leave-one-speaker-out", { seed: 1 });
  expect(folds.map((split) => speakers(split.test))).toEqual(
    Array.from({ length: 24 }, (_, index) => [String(index + 1).padStart(2, "0")]),
  );
  const [everything, ...more] = makeSplits(ravdess, "all", { seed: 1, validationSpeakers: 3 });
  expect(more).toEqual([]);
  expect(everything!.test).toEqual([]);
  expect(speakers(everything!.validation)).toHaveLength(3);
  expect(speakers(everything!.train)).toHaveLength(21);
  expect(makeSplits(ravdess, "all", { seed: 1, validationSpeakers: 0 })[0]!.train).toHaveLength(
    1440,
  );
});

test("speaker folds are balanced by sex", () => {
  const splits = makeSplits(ravdess, "speaker-folds", { seed: 4, folds: 6 });
  for (const split of splits) {
    expect(speakers(split.test)).toHaveLength(4);
    expect(men(split.test)).toBe(2);
  }
  expect(splits.flatMap((split) => split.test)).toHaveLength(1440);
});

test("random: 288 of 1440, each emotion by its share, validated on its test split", () => {
  const [split] = makeSplits(ravdess, "random", { seed: 1 });
  expect(split!.test).toHaveLength(288);
  expect(split!.validation).toEqual(split!.test);
  const counts = emotions.map((emotion) => split!.test.filter((id) => id.includes(emotion)).length);
  expect(counts[0]).toBe(19); // of 96, the others of 192
  for (const count of counts.slice(1)) expect([38, 39]).toContain(count);
  const [plain] = makeSplits(ravdess, "random", { seed: 1, stratified: false });
  expect(plain!.test).toHaveLength(288);
  expect(plain!.test).not.toEqual(split!.test);
});

test("random keeps copies of the same audio on one split", () => {
  const hashes = new Map(
    ravdess.clips.map((clip) => [clip.id, clip.id.replace(/[0-9]$/, (take) => String(+take >> 1))]),
  );
  const [split] = makeSplits(ravdess, "random", { seed: 1, audioHashes: hashes });
  const trained = new Set(split!.train.map((id) => hashes.get(id)));
  expect(split!.test.length).toBeGreaterThan(20);
  expect(split!.test.filter((id) => trained.has(hashes.get(id)))).toEqual([]);
});

test("every protocol of one corpus is leak-free, complete, and the same for the same seed", () => {
  const others: readonly Protocol[] = ["official", "leave-one-corpus-out"];
  assert(
    property(
      constantFrom<Protocol>(...protocolNames.filter((name) => !others.includes(name))),
      integer({ min: 0, max: 1000 }),
      integer({ min: 0, max: 5 }),
      (protocol, seed, validationSpeakers) => {
        const options = { seed, validationSpeakers };
        const splits = makeSplits(ravdess, protocol, options);
        expect(makeSplits(ravdess, protocol, options)).toEqual(splits);
        for (const split of splits) {
          assertNoLeakage(split, ravdess, noHashes);
          expect(new Set(all(split)).size).toBe(1440);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("the official split is the corpus's own; a corpus without one says so", () => {
  const [clip] = ravdess.clips;
  const assigned = (["train", "validation", "test", undefined] as const).map((split, index) => {
    const emotion = index % 2 === 0 ? "sad" : "bored";
    const named = { ...clip!, emotion, id: `${index}`, speakerId: `${index}` };
    return split ? { ...named, split } : named;
  });
  const corpus = { corpus: "own", root: "/", clips: assigned };
  const [official] = makeSplits(corpus, "official", { seed: 1 });
  expect(official).toMatchObject({ fold: 1, train: ["0"], validation: ["1"], test: ["2"] });
  expect(() => makeSplits(ravdess, "official", { seed: 1 })).toThrow(/column split/);
  const tested = {
    ...corpus,
    clips: corpus.clips.map((each) => ({ ...each, split: "test" as const })),
  };
  expect(() => makeSplits(tested, "official", { seed: 1 })).toThrow(
    /no usable clip in its train split/,
  );
});

test("a speaker may write on both splits, not speak on both", () => {
  const [text, spoken] = [
    { id: "a", emotion: "happy", speakerId: "1" } as const,
    { id: "b", emotion: "happy", speakerId: "1" } as const,
  ];
  const split = { ...clean, train: ["a"], validation: [], test: ["b"] };
  const corpus = { corpus: "own", root: "/", clips: [text, spoken] };
  expect(() => assertNoLeakage(split, corpus, noHashes)).not.toThrow();
  const recorded = { ...corpus, clips: corpus.clips.map((u) => ({ ...u, path: "/x.wav" })) };
  expect(() => assertNoLeakage(split, recorded, noHashes)).toThrow(/the speaker 1 /);
});

test.each([
  [
    "a clip",
    { ...clean, validation: [clean.test[0]!] },
    /the clip 01-.* in both validation and te/,
  ],
  [
    "a speaker",
    { ...clean, test: clean.test.slice(1), train: [clean.test[0]!] },
    /the speaker 01 /,
  ],
])("a split that shares %s is refused", (_, split, message) => {
  expect(() => assertNoLeakage(split, ravdess, noHashes)).toThrow(message);
  expect(() => assertNoLeakage({ ...split, protocol: "random" }, ravdess, noHashes)).not.toThrow();
});

test("a split that shares audio across speakers is refused, within one split it passes", () => {
  const [a, b] = [clean.train[0]!, clean.test[0]!];
  const across = new Map([
    [a, "same"],
    [b, "same"],
  ]);
  expect(() => assertNoLeakage(clean, ravdess, across)).toThrow(
    expect.objectContaining({
      code: "split-leaks",
      message: expect.stringContaining(`${a} and ${b}`),
    }),
  );
  const within = new Map([
    [a, "same"],
    [clean.train[1]!, "same"],
  ]);
  expect(() => assertNoLeakage(clean, ravdess, within)).not.toThrow();
});

test("what cannot be split says why", () => {
  const small = corpusOf(3, 2);
  expect(() => makeSplits(small, "emobox", { seed: 1 })).toThrow(
    /24 actors.*lacks 11.*--protocol speaker-folds/,
  );
  expect(() => makeSplits(corpusOf(25, 2), "emobox", { seed: 1 })).toThrow(/has 25 speakers/);
  expect(() => makeSplits(small, "speaker-folds", { seed: 1, folds: 1 })).toThrow(RangeError);
  expect(() => makeSplits(corpusOf(1, 2), "leave-one-speaker-out", { seed: 1 })).toThrow(
    expect.objectContaining({ code: "dataset-invalid" }),
  );
  expect(() => assertNoLeakage(clean, small, noHashes)).toThrow(/does not hold/);
  const sad = { ...small, clips: small.clips.filter(({ emotion }) => emotion === "sad") };
  expect(() => makeSplits(sad, "random", { seed: 1 })).toThrow(/only the label "sad"/);
  const few = {
    ...small,
    clips: small.clips.slice(2, 4).map((clip, n) => ({ ...clip, emotion: `${n}` })),
  };
  expect(() => makeSplits(few, "random", { seed: 1 })).toThrow(/too few clips \(2\)/);
});

test("three speakers make three folds; each validates on a speaker of its own", () => {
  const small = corpusOf(3, 8);
  const splits = makeSplits(small, "speaker-folds", { seed: 1 });
  expect(splits).toHaveLength(3);
  for (const split of splits) {
    const counts = [split.train, split.validation, split.test].map((ids) => speakers(ids).length);
    expect(counts).toEqual([1, 1, 1]);
    assertNoLeakage(split, small, noHashes);
  }
  expect(speakerWarnings(small)).toEqual([]);
});

test("two speakers make two folds, which validate on a tenth of the training speaker's clips", () => {
  const pair = corpusOf(2, 8);
  const splits = makeSplits(pair, "speaker-folds", { seed: 1 });
  expect(splits.map((split) => speakers(split.test))).toEqual(
    expect.arrayContaining([["01"], ["02"]]),
  );
  for (const split of splits) {
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([54, 6, 60]);
    assertNoLeakage(split, pair, noHashes);
  }
  const [first] = splits;
  const leaky = { ...first!, validation: [first!.test[0]!], test: first!.test.slice(1) };
  expect(() => assertNoLeakage(leaky, pair, noHashes)).toThrow(/the speaker/);
  expect(speakerWarnings(pair)).toEqual([expect.stringMatching(/two speakers only/)]);
});

test("one speaker, or none named, leaves the random split under its own name, and a warning", () => {
  const one = corpusOf(1, 8);
  const [split, ...others] = makeSplits(one, "speaker-folds", { seed: 1 });
  expect(others).toEqual([]);
  expect(split).toEqual(makeSplits(one, "random", { seed: 1 })[0]);
  expect(split!.protocol).toBe("random");
  expect(speakerWarnings(one)).toEqual([expect.stringMatching(/one speaker.*random/)]);
  const clips = one.clips.map((clip) => ({ ...clip, speakerId: unknownSpeaker }));
  expect(speakerWarnings({ ...one, clips })).toEqual([expect.stringMatching(/column "speaker"/)]);
});

test("random keeps the shares of labels of one's own", () => {
  const clips = corpusOf(4, 10).clips.map((clip, index) => ({
    ...clip,
    emotion: index % 4 === 0 ? "bored" : "Zustimmung",
  }));
  const own = { corpus: "own", root: "/", clips };
  const [split] = makeSplits(own, "random", { seed: 1 });
  const bored = new Set(clips.filter((clip) => clip.emotion === "bored").map(({ id }) => id));
  expect(split!.test).toHaveLength(60);
  expect(split!.test.filter((id) => bored.has(id))).toHaveLength(15);
});
