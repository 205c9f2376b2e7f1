import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelFiles } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { SentenceEncoder } from "./sentence-encoder.ts";

/** The published model where it is on this machine; skipped where it is not. */
const files = await modelFiles("minilm", { offline: true }).catch(() => undefined);

test.each(["", "{}", "[]", '{"model":{"type":"WordPiece"}}'])(
  "%j is refused as a tokenizer",
  async (tokenizer) => {
    await expect(
      SentenceEncoder.open(nodeRuntime, { model: new Uint8Array(), tokenizer }),
    ).rejects.toMatchObject({ code: "model-invalid" });
  },
);

const likeness = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe.skipIf(files === undefined)("all-MiniLM-L6-v2", () => {
  let encoder: SentenceEncoder;
  beforeAll(async () => {
    const [model, tokenizer] = await Promise.all([
      readFile(files!.model),
      readFile(files!.tokenizer, "utf8"),
    ]);
    encoder = await SentenceEncoder.open(nodeRuntime, { model, tokenizer });
  });
  afterAll(() => encoder.close());

  // Ids of BERT's uncased English vocabulary.
  test.each([
    ["Hello world!", [7592, 2088, 999]],
    ["unaffable", [14_477, 20_961, 3468]],
    ["I don’t", [1045, 2123, 1005, 1056]],
    ["naïve 😂", [15_743, 100]],
    ["", []],
  ])("%j in subwords", (text, ids) => {
    expect(encoder.subwords(text)).toEqual([101, ...ids, 102]);
  });

  test("a long text is cut and still ends with its mark", () => {
    const subwords = encoder.subwords("well ".repeat(1000));
    expect(subwords).toHaveLength(64);
    expect([subwords[0], subwords.at(-2), subwords.at(-1)]).toEqual([101, 2092, 102]);
  });

  test("a vector has length 1 and does not depend on what shares its batch", async () => {
    const texts = [
      "I am so happy for you!",
      "Oh.",
      "",
      "What on earth are you doing in here again?",
    ];
    const together = await encoder.encode(texts);
    for (const [index, vector] of together.entries()) {
      const [alone] = await encoder.encode([texts[index]!]);
      expect(vector).toHaveLength(384);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
      for (const [i, value] of vector.entries()) expect(alone![i]).toBeCloseTo(value, 4);
    }
  });

  test("what means the same lies closer than what does not", async () => {
    const [glad, happy, train] = await encoder.encode([
      "I am very glad.",
      "I'm so happy!",
      "The train leaves at seven.",
    ]);
    expect(likeness(glad!, happy!)).toBeGreaterThan(likeness(glad!, train!) + 0.3);
  });
});
