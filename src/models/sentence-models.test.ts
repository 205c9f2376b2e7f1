/** Text models over a sentence encoder, loaded to predict texts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { largestError } from "../../test/reference/features.ts";
import { frontEnd } from "../../test/support/front-end.ts";
import { firstWeights } from "../../test/support/networks.ts";
import { tinySentenceEncoder } from "../../test/support/sentence-encoder.ts";
import { parseOnnx } from "../graph/import/onnx-file.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { Session, type Feeds } from "../graph/session.ts";
import { exportBundle } from "./bundle.ts";
import type { Architecture } from "./definition.ts";
import { loadTextModel } from "./load-model.ts";
import { SentenceEncoder } from "./sentence-encoder.ts";
import { textEncoder, textEncoderFineTuned } from "./text-encoder.ts";

const labels = ["neutral", "happy", "sad"];
const classes = labels.length;
const length = 6;
const texts = ["I'm so glad!", "", "Well, well, well: so naive, so unhappy."];
const files = tinySentenceEncoder();

const openSentenceEncoder = (): Promise<SentenceEncoder> =>
  SentenceEncoder.open(nodeRuntime, files, { threads: 1 });

let encoder: SentenceEncoder;
beforeAll(async () => {
  encoder = await openSentenceEncoder();
});
afterAll(() => encoder.close());

const bundle = (architecture: Architecture): Uint8Array =>
  exportBundle({
    architecture,
    frontEnd,
    sentenceEncoder: "minilm",
    weights: firstWeights(architecture),
    card: { name: "m", labels, temperature: 2, provenance: {} },
  });

const frozen = bundle(
  textEncoder.architecture!(textEncoder.schema.parse({ kind: "text-encoder", hidden: 4 }), {
    classes,
  }),
);

/** What a model gives for all texts, loaded by the product, and for the same inputs by itself. */
async function predicted(file: Uint8Array, feeds: Feeds): Promise<Float32Array[]> {
  const model = await loadTextModel(file, nodeRuntime, { threads: 1, openSentenceEncoder });
  const rows = await model.probabilities(texts.map((text) => ({ text, confidence: 1 })));
  expect(await model.probabilities([])).toEqual([]);
  await model.close();
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  const { probabilities } = await session.run(feeds);
  await session.close();
  return [Float32Array.from(rows.flatMap((row) => [...row])), probabilities!];
}

test("a frozen encoder's vectors are predicted", async () => {
  const vectors = await encoder.encode(texts);
  const data = Float32Array.from(vectors.flatMap((vector) => [...vector]));
  const shape = [texts.length, vectors[0]!.length];
  const [own, expected] = await predicted(frozen, { sentence: { data, shape } });
  expect(own).toHaveLength(texts.length * classes);
  expect(largestError(own!, expected!)).toBeLessThan(1e-6);
});

test("a fine-tuned encoder takes the first subword tokens", async () => {
  const options = textEncoderFineTuned.schema.parse({ kind: "text-encoder-fine-tuned" });
  const words = { length, vocabulary: 0 };
  const tuned = bundle(
    textEncoderFineTuned.architecture!(options, {
      classes,
      words,
      encoder: parseOnnx(files.model),
    }),
  );
  const data = new Float32Array(texts.length * length);
  for (const [row, text] of texts.entries()) {
    data.set(encoder.subwords(text).slice(0, length), row * length);
  }
  const feeds = { subwords: { data, shape: [texts.length, length] } };
  const [own, expected] = await predicted(tuned, feeds);
  expect(largestError(own!, expected!)).toBeLessThan(1e-6);
});

test("where no sentence encoder can be had, that is said", async () => {
  await expect(loadTextModel(frozen, nodeRuntime)).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining("sentence encoder"),
  });
});
