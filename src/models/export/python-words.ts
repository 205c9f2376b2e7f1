import type { ModelCard } from "../model-card.ts";
import type { TextInput } from "./text-input.ts";

/** Name of the file with the words that a model knows, the most frequent first. */
export const vocabularyFile = "vocabulary.json";

/**
 * Returns how a script makes ids of a text's words: as `tokenize` splits it, 0 behind the last word and 1 for a word that is
 * not in the vocabulary.
 */
export function wordInput({ length, vocabulary }: NonNullable<ModelCard["words"]>): TextInput {
  return {
    files: { [vocabularyFile]: `${JSON.stringify(vocabulary)}\n` },
    taken: "ids of words",
    modules: ["json", "pathlib", "unicodedata"],
    packages: ["regex"],
    lines: (folder) => idLines(length, folder),
    assignments: (text) => `ids = word_ids(${text})\nconfidence = float(ids[0] > 0)\n`,
  };
}

function idLines(length: number, folder: string): string {
  return String.raw`FOLDER = pathlib.Path(__file__).parent${folder}
VOCABULARY = json.loads((FOLDER / "${vocabularyFile}").read_text("utf-8"))
IDS = {word: index + 2 for index, word in enumerate(VOCABULARY)}
LENGTH = ${length}

SPACE = r"\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
PART = r"[\p{L}\p{M}\p{Nd}]"
END = "(?!" + PART + ")"
CLITIC = "(?:n't|'(?:s|m|re|ve|ll|d))" + END
START = r"[\p{L}\p{Nd}]" + PART
TOKENS = [
    r"<(?:number|url)>|\[(?:name|religion)\]",
    r"[:;=]['^-]?[()dp/|*\]\[]" + END + "|<3",
    r"\p{Nd}+(?:[.,:]\p{Nd}+)*" + END,
    r"[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*",
    CLITIC,
    START + "*?(?=" + CLITIC + ")|" + START + "*(?:'" + PART + "+)*",
    r"[!?]+|\.+|,",
    r"(\p{RI}{2}|\p{Extended_Pictographic})\1*",
]
TOKEN = regex.compile("|".join(TOKENS))
CHANGES = [
    ("[\u0091\u0092\u2018\u2019\u201b\u02bc\u2032${"`"}]| \u0301", "'"),
    (r"\p{Cf}|[\ufe0e\ufe0f]|\p{Emoji_Modifier}", ""),
    ("([^" + SPACE + "]{1000})", r"\1 "),
    (r"(?:https?://|www\.)[^" + SPACE + "]+", " <url> "),
    (r"(\p{L})\1{2,}", r"\1\1"),
    ("(?<=" + PART + ") ' (?=(?:s|t|m|re|ve|ll|d)" + END + ")", "'"),
]


def tokens(text):
    piled = r"(?<=\p{M}{5})\p{M}"
    text = unicodedata.normalize("NFKC", regex.sub(piled, "", text))
    text = regex.sub(piled, "", text).lower()
    for pattern, change in CHANGES:
        text = regex.sub(pattern, change, text)
    return [canonical(match.group()) for match in TOKEN.finditer(text)]


def canonical(match):
    if match[0] in "!?":
        return "?!" if len(set(match)) > 1 else match[:2]
    if match.startswith(".."):
        return "..."
    if match[0] in ":;=":
        return (";" if match[0] == ";" else ":") + match[-1].replace("]", ")").replace("[", "(")
    if regex.fullmatch(r"\p{Nd}[\p{Nd}.,:]*", match):
        return "<number>"
    emoji = regex.match(r"\p{RI}{2}|\p{Extended_Pictographic}", match)
    return emoji.group() if emoji else match


def word_ids(text):
    ids = [IDS.get(word, 1) for word in tokens(text)[:LENGTH]]
    return ids + [0] * (LENGTH - len(ids))
`;
}
