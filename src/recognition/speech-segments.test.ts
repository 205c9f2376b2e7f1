import { expect, test } from "vitest";
import { synthesizeVoice } from "../../test/support/voice.ts";
import { SpeechSegmenter } from "./speech-segments.ts";

const sampleRate = 16_000;

/** Places of the segments in four seconds of a voice of which one part is an utterance. */
function segmentsWith(startSec: number, endSec: number): (readonly number[])[] {
  const utterance = { startSec, endSec, text: "so", confidence: 1 };
  const options = { sampleRate, contextSec: 1, utterances: [utterance] };
  const segmenter = new SpeechSegmenter(options);
  segmenter.push(synthesizeVoice(4, { sampleRate, level: 0.5 }));
  return [...segmenter.finish()].map((segment) =>
    [segment.startSec, segment.endSec].map((sec) => Math.round(2 * sec) / 2),
  );
}

test("short speech that touches an utterance is the edge of it", () => {
  expect(segmentsWith(0.5, 3.5)).toEqual([[0.5, 3.5]]);
});

test("longer speech beside an utterance is a segment of its own", () => {
  expect(segmentsWith(1.5, 3.5)).toEqual([
    [0, 1.5],
    [1.5, 3.5],
  ]);
});
