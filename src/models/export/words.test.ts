/** Models of words, exported: by ids alone, beside sound, and as the scripts make ids. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findPython } from "../../../bench/peers/find-python.ts";
import { largestError } from "../../../test/reference/features.ts";
import { whiteNoise } from "../../../test/sounds.ts";
import { frontEnd } from "../../../test/support/front-end.ts";
import { firstWeights } from "../../../test/support/networks.ts";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import { Session, type Feeds } from "../../graph/session.ts";
import { tokenize } from "../../text/tokenize.ts";
import { Vocabulary } from "../../text/vocabulary.ts";
import { exportBundle } from "../bundle.ts";
import type { Architecture } from "../definition.ts";
import { fusionGated } from "../fusion-gated.ts";
import { loadModel, loadTextModel } from "../load-model.ts";
import { textGru } from "../text-gru.ts";
import { exportedCard } from "./exported-card.ts";
import type { ExportedModel, Layout } from "./exported-model.ts";
import { layouts } from "./layouts.ts";
import { wordInput } from "./python-words.ts";
import { exportSelfContained } from "./self-contained.ts";

const labels = ["neutral", "happy", "sad"];
const vocabulary = ["i", "am", "glad", "n't", "!"];
const length = 6;
const said = "I am SO glad!";
const ids = new Vocabulary(vocabulary).ids(said, length);
const words = { length, vocabulary: vocabulary.length + 2 };
const data = {
  classes: labels.length,
  words,
  spectrogram: { rows: frontEnd.nMels, frames: frontEnd.frames },
};

function exported(architecture: Architecture, window?: "start") {
  const bytes = exportBundle({
    architecture,
    frontEnd,
    vocabulary,
    weights: firstWeights(architecture),
    card: { name: "m", labels, temperature: 1, provenance: {}, ...(window && { window }) },
  });
  const file = exportSelfContained(bytes, { encoders: new Map(), neutralShare: 0.5 });
  const model: ExportedModel = { name: "m", file, card: exportedCard(file), origins: [] };
  return { bytes, model };
}

const gru = textGru.schema.parse({ kind: "text-gru", embedding: 4, hidden: 4 });
const gated = fusionGated.schema.parse({
  kind: "fusion-gated",
  voice: { channels: [4, 8] },
  words: { embedding: 4, hidden: 4 },
  hidden: 4,
});
const text = exported(textGru.architecture!(gru, data));
const both = exported(fusionGated.architecture!(gated, data), "start");

async function run({ file }: ExportedModel, feeds: Feeds): Promise<Float32Array> {
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  const { probabilities } = await session.run(feeds);
  await session.close();
  return probabilities!;
}

test("the file of a text model gives from ids what the model gives from words", async () => {
  const model = await loadTextModel(text.bytes, nodeRuntime, { threads: 1 });
  const [expected] = await model.probabilities([{ text: said, confidence: 1 }]);
  await model.close();
  const own = await run(text.model, { words: { data: ids, shape: [1, length] } });
  expect(own).toEqual(expected);
});

test("the file of a model of both takes a waveform of any length, ids and a confidence", async () => {
  const model = await loadModel(both.bytes, nodeRuntime, { threads: 1 });
  const samples = whiteNoise(2, 16_000);
  const [expected] = await model.predict([samples], [{ text: said, confidence: 0.8 }]);
  await model.close();
  const longer = new Float32Array(samples.length + 500);
  longer.set(samples);
  const own = await run(both.model, {
    waveform: { data: longer, shape: [1, longer.length] },
    words: { data: ids, shape: [1, length] },
    wordConfidence: { data: Float32Array.of(0.8), shape: [1, 1] },
  });
  expect(largestError(own, expected!.probabilities)).toBeLessThan(1e-5);
});

const textIn = (layout: Layout, path: string): string => String(layout[path]);

test("each layout has the vocabulary beside the file, and says what the model takes", () => {
  for (const [layout, path] of [
    [layouts.onnx(text.model), "vocabulary.json"],
    [layouts.huggingface(both.model), "vocabulary.json"],
    [layouts.triton(text.model), "m/vocabulary.json"],
  ] as const) {
    expect(JSON.parse(textIn(layout, path))).toEqual(vocabulary);
  }
  const hub = layouts.huggingface(text.model);
  expect(textIn(hub, "README.md")).toContain("pipeline_tag: text-classification");
  expect(JSON.parse(textIn(hub, "config.json"))).toMatchObject({ max_words: length });
  expect(textIn(layouts.triton(text.model), "m/config.pbtxt")).toContain('name: "words"');
});

test("the scripts split a text as training does", async ({ skip }) => {
  const python = await findPython("regex");
  if (python === undefined) skip("no Python with regex");
  const texts = [
    `${said} I'm n't, don ’ t...?! Sooooo 3:30 :-) ;] 😀😀 👍🏽 🇩🇪 www.a.b/c e\u0301 [name] 漢字`,
    `a\u0301\u0302\u0303\u0304\u0305\u0306 ﬁ ½ ΣΑΣ İ x's'y \u200bo'clock`,
  ];
  const folder = await mkdtemp(join(tmpdir(), "undertone-words-"));
  const script = `import json, pathlib, sys, unicodedata, regex
${wordInput({ length, vocabulary }).lines("")}
texts = json.loads(sys.argv[1])
print(json.dumps([[tokens(text), word_ids(text)] for text in texts]))`;
  await writeFile(join(folder, "ids.py"), script);
  await writeFile(join(folder, "vocabulary.json"), JSON.stringify(vocabulary));
  const given = [join(folder, "ids.py"), JSON.stringify(texts)];
  const { stdout } = await promisify(execFile)(python!, given);
  await rm(folder, { recursive: true });
  const known = new Vocabulary(vocabulary);
  expect(JSON.parse(stdout)).toEqual(
    texts.map((each) => [tokenize(each), [...known.ids(each, length)]]),
  );
});
