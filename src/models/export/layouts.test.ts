import { beforeAll, describe, expect, test } from "vitest";
import { frontEnd } from "../../../test/support/front-end.ts";
import { firstWeights } from "../../../test/support/networks.ts";
import { audioCnn } from "../audio-cnn.ts";
import { exportBundle } from "../bundle.ts";
import { readModelCard } from "../model-card.ts";
import { linearDistance } from "../ood-distance.ts";
import type { ExportedModel, Layout } from "./exported-model.ts";
import { layouts } from "./layouts.ts";
import { exportSelfContained } from "./self-contained.ts";

const labels = ["neutral", "sad", "angry"];
let model: ExportedModel;

beforeAll(() => {
  const options = audioCnn.schema.parse({ kind: "audio-cnn", channels: [4, 8] });
  const spectrogram = { rows: frontEnd.nMels, frames: frontEnd.frames };
  const architecture = audioCnn.architecture!(options, { classes: labels.length, spectrogram });
  const bytes = exportBundle({
    architecture,
    frontEnd,
    weights: firstWeights(architecture),
    oodReference: {
      distance: (embedding) => linearDistance(embedding, new Float32Array(257)),
      card: { notSpeech: { maxScore: 0.5 } },
    },
    card: { name: "cnn", labels, temperature: 1, provenance: {} },
  });
  const file = exportSelfContained(bytes, { encoders: new Map(), neutralShare: 0.5 });
  const origins = [{ name: "mine", license: "CC0 1.0", source: "https://example.com" }];
  model = { name: "cnn", file, card: readModelCard(file), origins };
});

const textIn = (layout: Layout, path: string): string => {
  const content = layout[path];
  if (typeof content !== "string") throw new TypeError(`${path} is no text`);
  return content;
};

test("a Triton repository has the folder of a model, its configuration and its labels", () => {
  const layout = layouts.triton(model);
  expect(layout["cnn/1/model.onnx"]).toBe(model.file);
  expect(textIn(layout, "cnn/labels.txt")).toBe("neutral\nsad\nangry\n");
  expect(textIn(layout, "cnn/config.pbtxt")).toBe(`name: "cnn"
backend: "onnxruntime"
max_batch_size: 16
input [
  {
    name: "waveform"
    data_type: TYPE_FP32
    dims: [ -1 ]
  }
]
output [
  {
    name: "probabilities"
    data_type: TYPE_FP32
    dims: [ 3 ]
    label_filename: "labels.txt"
  },
  {
    name: "distance"
    data_type: TYPE_FP32
    dims: [ 1 ]
    reshape { shape: [ ] }
  }
]
`);
});

describe("a Hugging Face repository", () => {
  test("has a card with front matter, and the script that it has as a file", () => {
    const layout = layouts.huggingface(model);
    const card = textIn(layout, "README.md");
    const [, frontMatter = "", body = ""] = /^---\n(.*?)\n---\n(.*)$/s.exec(card) ?? [];
    expect(frontMatter).toContain("pipeline_tag: audio-classification");
    expect(body).toContain(textIn(layout, "predict.py").trimEnd());
    expect(body).toContain("- mine: CC0 1.0 (https://example.com)");
  });

  test("has the labels as `transformers` names them", () => {
    const config: unknown = JSON.parse(textIn(layouts.huggingface(model), "config.json"));
    expect(config).toMatchObject({
      sampling_rate: 16_000,
      id2label: { 0: "neutral", 1: "sad", 2: "angry" },
      label2id: { neutral: 0, sad: 1, angry: 2 },
      inputs: [{ name: "waveform", shape: [null] }],
    });
  });
});
