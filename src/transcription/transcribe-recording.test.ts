import { expect, test } from "vitest";
import { voiceActivityOf } from "../../test/support/voice-activity.ts";
import { RecordingTranscriber } from "./transcribe-recording.ts";
import type { BatchTranscriber, EncodedTranscript, Transcriber, Utterance } from "./transcript.ts";

const sampleRate = 16_000;
const voiceActivity = voiceActivityOf((frame) => (Math.max(...frame) > 0.3 ? 1 : 0));

/** Seconds of sound that is as loud as what `loud` says of its time. */
function sound(sec: number, isLoud: (sec: number) => boolean): Float32Array {
  return Float32Array.from({ length: sec * sampleRate }, (_, n) =>
    isLoud(n / sampleRate) ? 0.5 * Math.cos(n / 5) : 0,
  );
}

/** A second of speech every four seconds. */
const spoken = sound(40, (sec) => sec % 4 >= 1 && sec % 4 < 2);
/** So much that what was spoken before it is known. */
const pause = new Float32Array(20 * sampleRate);

/** A transcriber that answers each call when it is told to. */
function told(worksBeside: boolean) {
  const calls: { readonly count: number; readonly answer: (text?: string) => void }[] = [];
  const transcriber: Transcriber = {
    name: "told",
    transcribe: () => Promise.reject(new Error("one by one is not asked for")),
    batches: {
      worksBeside,
      encode: async (samples) => ({ samples }),
      decode: (encoded) =>
        new Promise<EncodedTranscript[]>((resolve, reject) => {
          calls.push({
            count: encoded.length,
            answer: (text) =>
              text === undefined
                ? reject(new Error("the power went"))
                : resolve(encoded.map((_, n) => ({ text: `${text} ${n}`, confidence: 0.9 }))),
          });
        }),
    },
    close: async () => {},
  };
  return { transcriber, calls };
}

async function all(utterances: AsyncIterable<Utterance>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of utterances) texts.push(text);
  return texts;
}

const first = Array.from({ length: 8 }, (_, n) => `a ${n}`);

test("a transcriber that works beside others is given what comes next before it has answered", async () => {
  const { transcriber, calls } = told(true);
  const recording = new RecordingTranscriber({ transcriber, voiceActivity });
  expect(await all(recording.push(spoken))).toEqual([]);
  expect(await all(recording.push(pause))).toEqual([]);
  expect(calls.map(({ count }) => count)).toEqual([8]);
  expect(recording.settledSec).toBeCloseTo(0.6, 1);
  const rest = all(recording.finish());
  await expect.poll(() => calls.length).toBe(2);
  calls[1]!.answer("b");
  calls[0]!.answer("a");
  expect(await rest).toEqual([...first, "b 0", "b 1"]);
});

test("any other is waited for", async () => {
  const { transcriber, calls } = told(false);
  const recording = new RecordingTranscriber({ transcriber, voiceActivity });
  await all(recording.push(spoken));
  const pushed = all(recording.push(pause));
  await expect.poll(() => calls.length).toBe(1);
  calls[0]!.answer("a");
  expect(await pushed).toEqual(first);
});

test("what failed beside others is thrown where its words are due", async () => {
  const { transcriber, calls } = told(true);
  const recording = new RecordingTranscriber({ transcriber, voiceActivity });
  await all(recording.push(spoken));
  await all(recording.push(pause));
  calls[0]!.answer();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await expect(all(recording.finish())).rejects.toThrow("the power went");
});

test("about half a minute of speech is transcribed at once, and less at first beside others", async () => {
  const speech = sound(200, (sec) => sec % 15 >= 2);
  const countsOf = async (worksBeside: boolean): Promise<number[]> => {
    const counts: number[] = [];
    const { transcriber } = told(worksBeside);
    const batches: BatchTranscriber = {
      ...transcriber.batches!,
      decode: async (encoded) => {
        counts.push(encoded.length);
        return encoded.map(() => ({ text: "a", confidence: 0.9 }));
      },
    };
    const recording = new RecordingTranscriber({
      transcriber: { ...transcriber, batches },
      voiceActivity,
    });
    expect([
      ...(await all(recording.push(speech))),
      ...(await all(recording.finish())),
    ]).toHaveLength(14);
    return counts;
  };
  expect(await countsOf(false)).toEqual([3, 3, 3, 3, 2]);
  expect(await countsOf(true)).toEqual([2, 3, 3, 3, 3]);
});
