/** A sentence encoder with made-up weights and few subword tokens, in the files of the published ones. */
import { Random } from "../../src/shared/random.ts";
import type { SentenceEncoderFiles } from "../../src/models/sentence-encoder.ts";
import { floats, onnxModel, onnxNode } from "./onnx-model.ts";

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const letters = "abcdefghijklmnopqrstuvwxyz0123456789ßας漢字".split("");

/** Tokens of the vocabulary: whole words, parts of words, and single letters. */
export const tinyVocabulary = [
  ...special,
  ..."!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~¿–…".split(""),
  ...letters,
  ...letters.map((letter) => `##${letter}`),
  "glad",
  "so",
  "un",
  "##happy",
  "##aff",
  "##able",
  "naive",
  "well",
  "don",
  "##ing",
];

const width = 384;

function encoder(): Uint8Array {
  const random = new Random("tiny sentence encoder");
  const drawn = (...shape: number[]) =>
    floats(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.uniform(-1, 1)),
    );
  return onnxModel({
    operatorSet: 11,
    inputs: Object.fromEntries(
      ["input_ids", "attention_mask", "token_type_ids"].map((name) => [
        name,
        { int64: ["rows", "length"] },
      ]),
    ),
    // A token is mixed with the mean of those that are shown, and its type.
    nodes: [
      onnxNode("Gather", [["embeddings.word", "input_ids"], ["vectors"]]),
      onnxNode("Gather", [["embeddings.type", "token_type_ids"], ["types"]]),
      onnxNode("Add", [["vectors", "types"], ["typed"]]),
      onnxNode("Cast", [["attention_mask"], ["mask"]], { to: 1 }),
      onnxNode("Unsqueeze", [["mask"], ["shown"]], { axes: [-1] }),
      onnxNode("Mul", [["typed", "shown"], ["kept"]]),
      onnxNode("ReduceMean", [["kept"], ["mean"]], { axes: [1], keepdims: 1 }),
      onnxNode("ReduceMean", [["shown"], ["share"]], { axes: [1], keepdims: 1 }),
      onnxNode("Div", [["mean", "share"], ["context"]]),
      onnxNode("Add", [["typed", "context"], ["sums"]]),
      onnxNode("Add", [["sums", "layer.bias"], ["biased"]]),
      onnxNode("Tanh", [["biased"], ["last_hidden_state"]]),
    ],
    outputs: ["last_hidden_state"],
    initializers: {
      "embeddings.word": drawn(tinyVocabulary.length, width),
      "embeddings.type": drawn(2, width),
      "layer.bias": drawn(width),
    },
  });
}

const token = (content: string) => ({ SpecialToken: { id: content, type_id: 0 } });

const tokenizer = {
  version: "1.0",
  added_tokens: special.map((content) => ({
    id: tinyVocabulary.indexOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [token("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, token("[SEP]")],
    pair: [],
    special_tokens: {},
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(tinyVocabulary.map((content, id) => [content, id])),
  },
};

/** Returns its files. */
export const tinySentenceEncoder = (): SentenceEncoderFiles => ({
  model: encoder(),
  tokenizer: JSON.stringify(tokenizer),
});
