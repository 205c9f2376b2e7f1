import { expect, test } from "vitest";
import { sentence } from "../../test/support/conversation.ts";
import { Random } from "../shared/random.ts";
import { buildConversation, type Conversation, type ConversationShape } from "./conversation.ts";

const sampleRate = 16_000;
const participants = [1, 2, 3].map((speaker) => ({
  speaker: `person ${speaker}`,
  clips: [0, 1, 2].map((take) => sentence(speaker, take)),
}));

const built = (shape: Partial<ConversationShape> = {}, count = 2): Conversation =>
  buildConversation(
    participants.slice(0, count),
    { sampleRate, lengthSec: 40, overlapShare: 0, ...shape },
    new Random("conversation"),
  );

const overlapSec = ({ turns }: Conversation): number =>
  turns.reduce((sum, turn, index) => {
    const before = turns.slice(0, index).filter(({ speaker }) => speaker !== turn.speaker);
    const untilSec = Math.max(0, ...before.map(({ endSec }) => endSec));
    return sum + Math.max(0, Math.min(turn.endSec, untilSec) - turn.startSec);
  }, 0);

test("turns are where speech is, and the same random numbers give the same conversation", () => {
  const { samples, turns } = built({}, 3);
  expect(new Set(turns.map(({ speaker }) => speaker)).size).toBe(3);
  expect(samples.length / sampleRate).toBeGreaterThan(40);
  const levelOf = (startSec: number, endSec: number): number => {
    const part = samples.subarray(startSec * sampleRate, endSec * sampleRate);
    return 10 * Math.log10(part.reduce((sum, x) => sum + x * x, 0) / part.length);
  };
  for (const { startSec, endSec } of turns) expect(levelOf(startSec, endSec)).toBeGreaterThan(-34);
  const pauses = turns.slice(1).flatMap(({ startSec }, index) => {
    const { endSec } = turns[index]!;
    return startSec - endSec > 0.4 ? levelOf(endSec + 0.1, startSec - 0.1) : [];
  });
  expect(pauses.length).toBeGreaterThan(0);
  expect(Math.max(...pauses)).toBeLessThan(-55);
  const again = built({}, 3);
  expect(again.turns).toEqual(turns);
  expect(again.samples.every((sample, n) => sample === samples[n])).toBe(true);
});

test("two speak at once for about the share that was asked for", () => {
  expect(overlapSec(built())).toBe(0);
  const overlapping = built({ overlapShare: 0.1, lengthSec: 120 });
  const speechSec = overlapping.turns.reduce((sum, turn) => sum + turn.endSec - turn.startSec, 0);
  expect(overlapSec(overlapping) / speechSec).toBeGreaterThan(0.04);
  expect(overlapSec(overlapping) / speechSec).toBeLessThan(0.12);
});

const power = (samples: Float32Array): number =>
  samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

test("noise lies over all of it, as strong as was asked for", () => {
  const [clean, noisy] = [built(), built({ snrDb: 10 })];
  const noise = noisy.samples.map((x, n) => x - clean.samples[n]!);
  expect(10 * Math.log10(power(clean.samples) / power(noise))).toBeCloseTo(10, 0);
  expect(noisy.turns).toEqual(clean.turns);
});

test("one alone has turns without overlap", () => {
  const { turns } = built({ overlapShare: 0.3 }, 1);
  expect(new Set(turns.map(({ speaker }) => speaker)).size).toBe(1);
  for (const [index, { startSec }] of turns.slice(1).entries())
    expect(startSec).toBeGreaterThan(turns[index]!.endSec);
});

test("nobody, and someone without speech, are no conversation", () => {
  expect(() => built({}, 0)).toThrow(RangeError);
  const silent = { speaker: "nobody", clips: [new Float32Array(sampleRate)] };
  const shape = { sampleRate, lengthSec: 10, overlapShare: 0 };
  expect(() => buildConversation([participants[0]!, silent], shape, new Random(1))).toThrow(
    RangeError,
  );
});
