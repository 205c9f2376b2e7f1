/** Models over a sentence encoder, exported: from the ids of subword tokens, as scripts make them, to probabilities. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPython } from "../../../bench/peers/find-python.ts";
import { largestError } from "../../../test/reference/features.ts";
import { frontEnd } from "../../../test/support/front-end.ts";
import { firstWeights } from "../../../test/support/networks.ts";
import { tinySentenceEncoder, tinyVocabulary } from "../../../test/support/sentence-encoder.ts";
import { modelFiles } from "../../downloads/model-files.ts";
import { encodeModel } from "../../graph/encode-model.ts";
import { parseOnnx } from "../../graph/import/onnx-file.ts";
import { decodeModel } from "../../graph/model-proto.ts";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import { Session, type Feeds } from "../../graph/session.ts";
import { exportBundle } from "../bundle.ts";
import type { Architecture } from "../definition.ts";
import { readModelCard, readSentenceModelCard } from "../model-card.ts";
import { SentenceEncoder, type SentenceEncoderFiles } from "../sentence-encoder.ts";
import { namedSentenceEncoder, type SentenceEncoderName } from "../sentence-encoders.ts";
import { textEncoder, textEncoderFineTuned } from "../text-encoder.ts";
import { exportedCard } from "./exported-card.ts";
import type { ExportedModel, Layout } from "./exported-model.ts";
import { layouts } from "./layouts.ts";
import { tokenInput } from "./python-tokens.ts";
import { exportSelfContained } from "./self-contained.ts";

const labels = ["neutral", "happy", "sad"];
const length = 6;

const texts = [
  "I'm so glad!",
  "",
  " \t\n",
  "Oh.",
  "naïve, NAÏVE ünaffable Ως ΑΣ İ ß ﬁ ½ e\u0301 a\u0301\u0302",
  "I don’t... “why”?! ‘so’ 3:30, 1,000.5 $5 <3 ^_^ a_b x@y.z",
  "漢字ka\u{20000}な 😂 👍🏽 [CLS] glad [sep] [MASK]! [UNK][PAD]",
  "a\u0000b\ufffdc\u200bd\u00ade\u00a0f\u2028g\u3000h\u0085i\u0007\u0092m",
  `un${"happy".repeat(30)} ${"x".repeat(100)} ${"x".repeat(101)}`,
  "well ".repeat(200),
  Array.from({ length: 62 }, () => "so").join(" "),
  Array.from({ length: 63 }, () => "so").join(" "),
];

const published: SentenceEncoderFiles | undefined = await modelFiles("minilm", { offline: true })
  .then(async (files) => ({
    model: await readFile(files.model),
    tokenizer: await readFile(files.tokenizer, "utf8"),
  }))
  .catch(() => undefined);

const bundle = (architecture: Architecture, sentenceEncoder?: SentenceEncoderName): Uint8Array =>
  exportBundle({
    architecture,
    frontEnd,
    sentenceEncoder,
    weights: firstWeights(architecture),
    card: { name: "m", labels, temperature: 2, provenance: {} },
  });

const frozenOptions = textEncoder.schema.parse({ kind: "text-encoder", hidden: 4 });
const frozenArchitecture = textEncoder.architecture!(frozenOptions, { classes: labels.length });
const frozen = bundle(frozenArchitecture, "minilm");

async function run(file: Uint8Array, feeds: Feeds): Promise<Float32Array> {
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  const { probabilities } = await session.run(feeds);
  await session.close();
  return probabilities!;
}

/** Feeds of rows of ids, with zeros behind the shorter ones. */
function tokenFeeds(rows: readonly (readonly number[])[]): Feeds {
  const longest = Math.max(...rows.map((row) => row.length));
  const feed = (valueAt: (row: readonly number[], place: number) => number) => ({
    data: BigInt64Array.from(
      rows.flatMap((row) => Array.from({ length: longest }, (_, place) => valueAt(row, place))),
      BigInt,
    ),
    shape: [rows.length, longest],
  });
  return {
    input_ids: feed((row, place) => row[place] ?? 0),
    attention_mask: feed((row, place) => Number(place < row.length)),
  };
}

describe.each([
  ["a made-up encoder", tinySentenceEncoder()],
  ["all-MiniLM-L6-v2", published],
] as const)("over %s", (_, files) => {
  let encoder: SentenceEncoder;
  beforeAll(async () => {
    if (files) encoder = await SentenceEncoder.open(nodeRuntime, files, { threads: 1 });
  });
  afterAll(() => encoder?.close());

  test.skipIf(!files)("ids of texts of any length give what their vectors give", async () => {
    const vectors = await encoder.encode(texts);
    const data = Float32Array.from(vectors.flatMap((vector) => [...vector]));
    const expected = await run(frozen, { sentence: { data, shape: [texts.length, 384] } });
    const file = exportSelfContained(frozen, {
      encoders: new Map(),
      sentenceEncoder: files!.model,
      neutralShare: 0.5,
    });
    const rows = texts.map((text) => encoder.subwords(text));
    expect(largestError(await run(file, tokenFeeds(rows)), expected)).toBeLessThan(1e-5);
    const alone = await run(file, tokenFeeds([rows[0]!]));
    expect(largestError(alone, expected.subarray(0, labels.length))).toBeLessThan(1e-5);
  });

  test.skipIf(!files)("scripts make the ids of hard texts", async ({ skip }) => {
    const python = await findPython("unicodedata");
    if (python === undefined) skip("no Python");
    const input = tokenInput(files!.tokenizer);
    const script = `import json, pathlib, re, sys, unicodedata
${input.lines("")}
print(json.dumps([token_ids(text) for text in json.loads(sys.argv[1])]))`;
    await inFolder({ ...input.files, "ids.py": script }, async (folder) => {
      const given = [join(folder, "ids.py"), JSON.stringify(texts)];
      const { stdout } = await promisify(execFile)(python!, given);
      expect(JSON.parse(stdout)).toEqual(texts.map((text) => encoder.subwords(text)));
    });
  });
});

/** Does something with files in a new folder. */
async function inFolder(layout: Layout, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "undertone-sentences-"));
  for (const [path, content] of Object.entries(layout)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await work(folder);
  await rm(folder, { recursive: true });
}

const { model: encoderFile, tokenizer } = tinySentenceEncoder();

/** A model over the made-up encoder as it is exported. */
function exported(bytes: Uint8Array): ExportedModel {
  const options = { encoders: new Map(), sentenceEncoder: encoderFile, neutralShare: 0.5 };
  const file = exportSelfContained(bytes, options);
  return { name: "m", file, card: exportedCard(file), tokenizer, origins: [] };
}

test("a fine-tuned encoder takes the first of any number of tokens", async () => {
  const options = textEncoderFineTuned.schema.parse({ kind: "text-encoder-fine-tuned" });
  const architecture = textEncoderFineTuned.architecture!(options, {
    classes: labels.length,
    words: { length, vocabulary: 0 },
    encoder: parseOnnx(encoderFile),
  });
  const tuned = bundle(architecture, "minilm");
  const rows = [
    [2, 7, 3],
    [2, 40, 41, 42, 43, 44, 45, 46, 3],
  ];
  const subwords = new Float32Array(rows.length * length);
  for (const [row, ids] of rows.entries()) subwords.set(ids.slice(0, length), row * length);
  const expected = await run(tuned, { subwords: { data: subwords, shape: [rows.length, length] } });
  const { file } = exported(tuned);
  expect(largestError(await run(file, tokenFeeds(rows)), expected)).toBeLessThan(1e-6);
  const short = await run(file, tokenFeeds([rows[0]!]));
  expect(largestError(short, expected.subarray(0, labels.length))).toBeLessThan(1e-6);
});

describe("the card", () => {
  test("names the encoder by its files, also of the exported model", () => {
    const card = readSentenceModelCard(frozen);
    expect(card.sentenceEncoder).toEqual(namedSentenceEncoder("minilm"));
    expect(readSentenceModelCard(exported(frozen).file)).toEqual(card);
    expect(() => readModelCard(frozen)).toThrow("This is a text model, which takes no sound.");
  });

  test.each([
    ["no encoder, as those of earlier versions", undefined],
    ["an encoder of other files", { ...namedSentenceEncoder("minilm"), tokenizer: "0".repeat(64) }],
  ])("with %s is refused, with what to do", (_, sentenceEncoder) => {
    const model = decodeModel(frozen);
    const card = { ...readSentenceModelCard(frozen), sentenceEncoder };
    model.metadataProps[0]!.value = JSON.stringify(card);
    expect(() => exportedCard(encodeModel(model))).toThrow(
      expect.objectContaining({
        code: "model-invalid",
        message: expect.stringContaining("undertone train"),
      }),
    );
  });
});

test("each layout has the tokenizer's files beside the graph, and says what it takes", () => {
  const model = exported(frozen);
  const vocabulary = tinyVocabulary.map((token) => `${token}\n`).join("");
  const inFolders: readonly [Layout, string][] = [
    [layouts.onnx(model), ""],
    [layouts.huggingface(model), ""],
    [layouts.triton(model), "m/"],
  ];
  for (const [layout, folder] of inFolders) {
    expect(layout[`${folder}vocab.txt`]).toBe(vocabulary);
    const configuration: unknown = JSON.parse(String(layout[`${folder}tokenizer_config.json`]));
    expect(configuration).toMatchObject({ do_lower_case: true, model_max_length: 64 });
  }
  expect(String(layouts.triton(model)["m/config.pbtxt"])).toContain(`input [
  {
    name: "input_ids"
    data_type: TYPE_INT64
    dims: [ -1 ]
  },
  {
    name: "attention_mask"
    data_type: TYPE_INT64
    dims: [ -1 ]
  }
]`);
  const card = String(layouts.huggingface(model)["README.md"]);
  expect(card).toContain("pipeline_tag: text-classification");
  expect(card).toContain("| `input_ids` | int64 | [batch, tokens] |");
});

/** Stands for Python's ONNX Runtime: prints what it is fed. */
const runtimeStub = `import json

class InferenceSession:
    def __init__(self, path):
        pass

    def get_outputs(self):
        return []

    def run(self, outputs, feeds):
        print(json.dumps({name: [str(x.dtype), x.tolist()] for name, x in feeds.items()}))
        return []
`;

test("predict.py feeds a text, and client.py compiles", async ({ skip }) => {
  const python = await findPython("numpy");
  if (python === undefined) skip("no Python with numpy");
  const model = exported(frozen);
  const layout = {
    ...layouts.triton(model),
    ...layouts.onnx(model),
    "onnxruntime.py": runtimeStub,
  };
  await inFolder(layout, async (folder) => {
    const { stdout } = await promisify(execFile)(python!, [join(folder, "predict.py"), "So glad"]);
    const ids = ["[CLS]", "so", "glad", "[SEP]"].map((token) => tinyVocabulary.indexOf(token));
    expect(JSON.parse(stdout.split("\n")[0]!)).toEqual({
      input_ids: ["int64", [ids]],
      attention_mask: ["int64", [[1, 1, 1, 1]]],
    });
    await promisify(execFile)(python!, ["-m", "py_compile", join(folder, "client.py")]);
  });
});
