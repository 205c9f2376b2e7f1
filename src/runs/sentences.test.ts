import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { parseExperiment, sentenceEncoderOf } from "../recipes/recipe.ts";
import type { ClipExample } from "./clip-example.ts";
import { withSentences } from "./sentences.ts";
import type { RunOptions } from "./training-request.ts";

const model = { kind: "text-encoder" };
const experiment = await parseExperiment({ name: "r", model }, "test");
const encoder = sentenceEncoderOf(experiment)!;

/** Longer and shorter texts in turn, more than one batch of them. */
const examples = Array.from({ length: 70 }, (_, index): ClipExample => {
  const text = index % 2 === 0 ? "ah" : `well, ${"so ".repeat(index)}`;
  return {
    id: `${index}`,
    label: 0,
    clip: { id: `${index}`, emotion: "happy", speakerId: "1" },
    views: [{}],
    transcript: { text, confidence: 1 },
  };
});

let cacheFolder = "";
let opened = 0;
let isOpen = false;
let signal: AbortSignal | undefined;

const options = (): RunOptions => ({
  runtime: nodeRuntime,
  openTranscriber: () => Promise.reject(new Error("not asked for")),
  encoderFile: () => Promise.reject(new Error("no sound here")),
  openEncoder: () => Promise.reject(new Error("not asked for")),
  openSentenceEncoder: async () => {
    opened++;
    isOpen = true;
    return {
      model: new Uint8Array(),
      subwords: (text) => Array.from(text.slice(0, 40), () => 9),
      // A vector holds the length of its text.
      encode: async (texts) => texts.map(({ length }) => new Float32Array(384).fill(length)),
      close: async () => {
        isOpen = false;
      },
    };
  },
  onProgress: () => undefined,
  logger: { info: () => undefined, warn: () => undefined },
  signal,
});

beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), "undertone-sentences-"));
});
afterAll(() => rm(cacheFolder, { recursive: true, force: true }));
beforeEach(() => {
  opened = 0;
  signal = undefined;
});

test("a stopped run closes the encoder and keeps nothing", async () => {
  signal = AbortSignal.abort();
  const stopped = withSentences(examples, { experiment, encoder, cacheFolder }, options());
  await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
  expect([opened, isOpen]).toEqual([1, false]);
});

test("every utterance gets the vector of its own text, from the cache when asked again", async () => {
  for (const _ of ["encoded", "kept"]) {
    const encoded = await withSentences(examples, { experiment, encoder, cacheFolder }, options());
    for (const { views, transcript } of encoded) {
      expect(new Set(views[0]["sentence"])).toEqual(new Set([transcript!.text.length]));
      expect(views[0]["sentence"]).toHaveLength(384);
    }
  }
  expect([opened, isOpen]).toEqual([1, false]);
});
