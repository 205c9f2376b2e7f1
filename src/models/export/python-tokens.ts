import { z } from "zod";
import { UndertoneError } from "../../shared/errors.ts";
import { longestSentence } from "../sentence-encoders.ts";
import type { TextInput } from "./text-input.ts";

const vocabularyFile = "vocab.txt";
const configurationFile = "tokenizer_config.json";

/** What is read of a `tokenizer.json` of BERT. */
const tokenizerSchema = z.object({
  model: z.object({ type: z.literal("WordPiece"), vocab: z.record(z.string(), z.int()) }),
  normalizer: z.object({ type: z.literal("BertNormalizer"), lowercase: z.literal(true) }),
});

/** Which subword tokens are special, and how many a text has at most, as the library `transformers` names these things. */
const configuration = {
  tokenizer_class: "BertTokenizer",
  do_lower_case: true,
  model_max_length: longestSentence,
  cls_token: "[CLS]",
  sep_token: "[SEP]",
  unk_token: "[UNK]",
  pad_token: "[PAD]",
  mask_token: "[MASK]",
};

/**
 * Returns how a script makes ids of a text's subword tokens, as `SentenceEncoder.subwords` does, by the files of BERT's
 * tokenizer: its vocabulary, one token a line in the order of their ids, and its configuration.
 * @param tokenizer content of `tokenizer.json`
 * @throws UndertoneError `model-invalid` when it is none of BERT in lower case
 */
export function tokenInput(tokenizer: string): TextInput {
  const parsed = tokenizerSchema.safeParse(JSON.parse(tokenizer));
  if (!parsed.success) {
    const message = "The sentence encoder's tokenizer is none of BERT in lower case.";
    throw new UndertoneError("model-invalid", message, { cause: parsed.error });
  }
  const vocabulary = Object.entries(parsed.data.model.vocab).toSorted(([, a], [, b]) => a - b);
  return {
    files: {
      [vocabularyFile]: vocabulary.map(([token]) => `${token}\n`).join(""),
      [configurationFile]: `${JSON.stringify(configuration, null, 2)}\n`,
    },
    taken: "ids of subword tokens",
    modules: ["json", "pathlib", "re", "unicodedata"],
    packages: [],
    lines: tokenLines,
    assignments: (text) => `ids = token_ids(${text})\n`,
  };
}

const tokenLines = (folder: string): string =>
  String.raw`FOLDER = pathlib.Path(__file__).parent${folder}
CONFIG = json.loads((FOLDER / "${configurationFile}").read_text("utf-8"))
VOCABULARY = (FOLDER / "${vocabularyFile}").read_text("utf-8").split("\n")
IDS = {token: index for index, token in enumerate(VOCABULARY)}
SPECIAL = [CONFIG[name + "_token"] for name in ("cls", "sep", "unk", "pad", "mask")]
SPECIAL_PARTS = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")
CHINESE = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
SYMBOLS = "$+<=>^${"`"}|~"
LONGEST_WORD = 100


def words(text):
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if char in "\t\n\r" or category in ("Zs", "Zl", "Zp"):
            kept.append(" ")
        elif char != "\ufffd" and category not in ("Cc", "Cf", "Co", "Cs"):
            kept.append(char)
    text = CHINESE.sub(r" \1 ", "".join(kept)).lower()
    found = []
    for char in unicodedata.normalize("NFD", text):
        category = unicodedata.category(char)
        if category[0] == "P" or char in SYMBOLS:
            found.append(" " + char + " ")
        elif category != "Mn":
            found.append(char)
    return "".join(found).split(" ")


def pieces(word):
    if len(word) > LONGEST_WORD:
        return [CONFIG["unk_token"]]
    found = []
    while word:
        prefix = "##" if found else ""
        starts = (word[:length] for length in range(len(word), 0, -1))
        piece = next((start for start in starts if prefix + start in IDS), None)
        if piece is None:
            return [CONFIG["unk_token"]]
        found.append(prefix + piece)
        word = word[len(piece) :]
    return found


def token_ids(text):
    tokens = [CONFIG["cls_token"]]
    for part in SPECIAL_PARTS.split(re.sub("[\u2018\u2019\u0092]", "'", text)):
        if part in SPECIAL:
            tokens.append(part)
        else:
            tokens += [piece for word in words(part) for piece in pieces(word)]
    tokens = tokens[: CONFIG["model_max_length"] - 1] + [CONFIG["sep_token"]]
    return [IDS[token] for token in tokens]
`;
