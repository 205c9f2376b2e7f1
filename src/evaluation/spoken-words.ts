const ones = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen " +
  "fifteen sixteen seventeen eighteen nineteen"
).split(" ");
const tens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const irregularOrdinals: Readonly<Record<string, string>> = {
  one: "first",
  two: "second",
  three: "third",
  five: "fifth",
  eight: "eighth",
  nine: "ninth",
  twelve: "twelfth",
};
const titles: Readonly<Record<string, string>> = {
  mr: "mister",
  mrs: "missus",
  dr: "doctor",
  "&": "and",
};

function cardinal(value: number): string[] {
  if (value < 20) return [ones[value]!];
  if (value < 100) {
    return [tens[Math.floor(value / 10)]!, ...(value % 10 ? [ones[value % 10]!] : [])];
  }
  const [unit, name] = value < 1000 ? [100, "hundred"] : [1000, "thousand"];
  const rest = value % unit;
  return [...cardinal(Math.floor(value / unit)), name, ...(rest > 0 ? cardinal(rest) : [])];
}

function ordinal(value: number): string[] {
  const words = cardinal(value);
  const last = words.pop()!;
  return [...words, irregularOrdinals[last] ?? `${last.replace(/y$/, "ie")}th`];
}

/** `1,250` → one thousand two hundred fifty, `21st` → twenty first; above 999 999 digits stay. */
function spelled(word: string): string[] {
  const [, digits, suffix] = /^(\d{1,6})(st|nd|rd|th)?$/.exec(word) ?? [];
  if (digits === undefined) return [titles[word] ?? word];
  return (suffix === undefined ? cardinal : ordinal)(Number(digits));
}

/**
 * The words of an English text as they are compared: compatibility forms folded (NFKC), lower case,
 * punctuation away, apostrophes kept inside words, hyphens and dashes as spaces, whole numbers below a
 * million and ordinals spelled out (a year reads as a number), `Mr`, `Mrs`, `Dr` and `&` written out.
 * Contractions and spellings stay as they are.
 * @example
 * ```ts
 * import { spokenWords } from "undertone/metrics";
 *
 * const words = spokenWords("21 sheep & Mr. Li"); // → ["twenty", "one", "sheep", "and", "mister", "li"]
 * ```
 */
export function spokenWords(text: string): string[] {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[‘’ʼ`]/g, "'")
    .replaceAll(/(?<=\d),(?=\d{3}\b)/g, "")
    .replaceAll(/[^\p{L}\p{M}\p{N}'&]+/gu, " ")
    .replaceAll(/(?<![\p{L}\p{N}])'+|'+(?![\p{L}\p{N}])/gu, " ")
    .split(" ")
    .filter((word) => word !== "")
    .flatMap(spelled);
}
