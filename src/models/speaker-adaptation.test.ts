import { describe, expect, test } from "vitest";
import {
  centeredLogits,
  meanLogits,
  offsetOfSpeech,
  speakerOffset,
  withoutOffset,
} from "./speaker-adaptation.ts";

const everybody = meanLogits([
  [0.6, 0.3, 0.1],
  [0.7, 0.2, 0.1],
]);

/** The same as said by a voice that sounds e times as much like the second emotion as others do. */
function own(probabilities: readonly number[]): number[] {
  const [a, b, c] = probabilities.map((p, label) => (label === 1 ? p * Math.E : p));
  return [a!, b!, c!].map((p) => p / (a! + b! + c!));
}

describe("enrollment", () => {
  test("takes away half of what a voice adds to neutral speech", () => {
    const many = Array.from({ length: 1000 }, () => [0.6, 0.3, 0.1]);
    const logits = meanLogits(many.map(own));
    const offset = speakerOffset(
      { logits, utterances: many.length },
      { neutral: meanLogits(many), speakerShare: 0.5 },
    );
    const voice = offset.map((logit) => 2 * logit);
    const adapted = withoutOffset(own([0.2, 0.5, 0.3]), voice);
    for (const [label, p] of [0.2, 0.5, 0.3].entries()) expect(adapted[label]).toBeCloseTo(p, 2);
    expect(adapted.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  test("believes one utterance less than many", () => {
    const said = [0.1, 0.8, 0.1];
    const difference = centeredLogits(said)[1]! - everybody[1]!;
    const logits = centeredLogits(said);
    const offsets = [1, 2, 6].map(
      (utterances) =>
        speakerOffset({ logits, utterances }, { neutral: everybody, speakerShare: 0.5 })[1]! /
        difference,
    );
    expect(offsets[0]).toBeCloseTo(2 / 7, 12);
    expect(offsets[1]).toBeCloseTo(4 / 11, 12);
    expect(offsets[2]).toBeCloseTo(4 / 9, 12);
  });

  test("a speaker like everybody changes nothing, and certainty is no obstacle", () => {
    const logits = centeredLogits([1, 0, 0]);
    const offset = speakerOffset({ logits, utterances: 1 }, { neutral: logits, speakerShare: 1 });
    expect(withoutOffset([0, 1, 0], offset).map((p) => Math.round(p))).toEqual([0, 1, 0]);
  });
});

describe("speech that is mostly neutral", () => {
  const neutral = centeredLogits([0.8, 0.1, 0.1]);
  const reference = { neutral, speakerShare: 1 };
  const calm = own([0.8, 0.1, 0.1]);
  const moved = own([0.02, 0.08, 0.9]);
  const offsetOf = (predictions: readonly (readonly number[])[]): number[] => {
    const lengths = predictions.map(() => 1);
    return offsetOfSpeech({ predictions, lengths }, reference, (adapted) => adapted[0]!);
  };

  test("tells the voice though some of it is not neutral", () => {
    const many = Array.from({ length: 400 }, (_, index) => (index % 5 === 0 ? moved : calm));
    const offset = offsetOf(many);
    const truth = centeredLogits([1, Math.E, 1]);
    for (const [label, logit] of truth.entries()) expect(offset[label]).toBeCloseTo(logit, 1);
    const mean = meanLogits(many).map((logit, label) => logit - neutral[label]!);
    expect(Math.abs(offset[2]! - truth[2]!)).toBeLessThan(Math.abs(mean[2]! - truth[2]!) / 2);
  });

  test("leaves one emotional clip what it is", () => {
    const adapted = withoutOffset(moved, offsetOf([moved]));
    expect(adapted.indexOf(Math.max(...adapted))).toBe(2);
  });
});
