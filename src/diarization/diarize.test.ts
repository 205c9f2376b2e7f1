import { expect, test } from "vitest";
import { placed, sentence } from "../../test/support/conversation.ts";
import { diarizationErrorRate } from "../evaluation/diarization.ts";
import { joinTurns, type Turn } from "../shared/turns.ts";
import { diarize, type SpeakerEmbedding } from "./diarize.ts";

const sampleRate = 16_000;
/** Stands in for a voice: loud, middling and quiet people are three. */
const byLevel: SpeakerEmbedding = {
  card: { sampleRate, apart: 0.6, chanceSec: 1 },
  embed: async (samples, windows) => ({
    embeddings: windows.map(({ startSec, endSec }) => {
      const own = samples.subarray(startSec * sampleRate, endSec * sampleRate);
      const level = Math.sqrt(own.reduce((sum, x) => sum + x * x, 0) / own.length);
      const place = level > 0.11 ? 0 : level > 0.045 ? 1 : 2;
      return Float32Array.from({ length: 3 }, (_, i) => (i === place ? 1 : 0));
    }),
    overlaps: [],
  }),
  close: async () => undefined,
};
const levels: Readonly<Record<string, number>> = { anna: 0.2, ben: 0.07, carl: 0.025 };

/** Takes of these people one after the other, with these pauses, and who speaks when. */
function conversation(
  order: readonly string[],
  pauseSec: number,
): { samples: Float32Array; turns: Turn[] } {
  const sounds = [];
  const turns: Turn[] = [];
  let atSec = 1;
  for (const [take, speaker] of order.entries()) {
    const sound = sentence(Object.keys(levels).indexOf(speaker) + 1, take, levels[speaker]);
    sounds.push({ atSec, sound });
    turns.push({ startSec: atSec, endSec: atSec + sound.length / sampleRate, speaker });
    atSec += sound.length / sampleRate + pauseSec;
  }
  return { samples: placed(atSec + 1, sounds, 1e-4), turns: joinTurns(turns, 0.3) };
}

const totalSec = (turns: readonly Turn[]): number =>
  turns.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);

const order = ["ben", "anna", "anna", "ben", "carl", "anna", "carl", "ben"];

test("finds who speaks when, named in the order of their first words", async () => {
  const { samples, turns } = conversation(order, 0.6);
  const found = await diarize([samples], byLevel);
  expect([...new Set(found.map(({ speaker }) => speaker))]).toEqual([
    "speaker 1",
    "speaker 2",
    "speaker 3",
  ]);
  expect(found[0]!.speaker).toBe("speaker 1");
  expect(diarizationErrorRate(turns, found, { collarSec: 0.25 })).toBeLessThan(0.05);
});

test("a change of speaker without a pause is found, and how many speak can be told", async () => {
  const { samples, turns } = conversation(["anna", "carl", "anna", "carl"], 0.05);
  const found = await diarize([samples], byLevel);
  expect(diarizationErrorRate(turns, found, { collarSec: 0.25 })).toBeLessThan(0.15);
  const one = await diarize([samples], byLevel, { speakers: 1 });
  expect(new Set(one.map(({ speaker }) => speaker))).toEqual(new Set(["speaker 1"]));
});

test("blocks of any length give the same turns; progress is told, and a cancelled search stops", async () => {
  const { samples } = conversation([...order, ...order, ...order], 0.6); // more than a minute
  const whole = await diarize([samples], byLevel);
  const blocks = Array.from({ length: Math.ceil(samples.length / 7000) }, (_, n) =>
    samples.subarray(7000 * n, 7000 * (n + 1)),
  );
  const times: number[] = [];
  const inBlocks = await diarize(blocks, byLevel, { onProgress: (sec) => times.push(sec) });
  expect(times.at(-1)).toBeCloseTo(samples.length / sampleRate, 6);
  expect(diarizationErrorRate(whole, inBlocks)).toBeLessThan(0.02);
  const stopped = diarize(blocks, byLevel, { signal: AbortSignal.abort() });
  await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
});

test("an overlap is both speakers', at its place in the recording", async () => {
  const { samples } = conversation(["anna", "carl", "anna", "carl"], 0.6);
  const plain = await diarize([samples], byLevel);
  const inEach = { startSec: 0.5, endSec: 1 };
  const found = await diarize([samples], {
    ...byLevel,
    embed: async (...given) => ({ ...(await byLevel.embed(...given)), overlaps: [inEach] }),
  });
  expect(totalSec(found) - totalSec(plain)).toBeCloseTo(4 * 0.5, 1);
  const [first] = plain;
  const other = found.find(({ speaker }) => speaker !== first!.speaker);
  expect(other!.startSec).toBeCloseTo(first!.startSec + inEach.startSec, 6);
  expect(other!.endSec).toBeCloseTo(first!.startSec + inEach.endSec, 6);
});

test("where nobody speaks there are no turns", async () => {
  expect(await diarize([new Float32Array(3 * sampleRate)], byLevel)).toEqual([]);
  expect(await diarize([], byLevel)).toEqual([]);
});
