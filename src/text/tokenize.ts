/** As people write them; an acute accent on nothing among them, which normalizing gives a space. */
const apostrophes = /[\u0091\u0092\u2018\u2019\u201B\u02BC\u2032`]| \u0301/g;
/** Normalizing sorts the marks on one letter, in quadratic time; five are more than any language has. */
const piledMark = /(?<=\p{M}{5})\p{M}/gu;
const invisible = /\p{Cf}|[\uFE0E\uFE0F]|\p{Emoji_Modifier}/gu;
/** Bounds what the expressions below keep in mind. */
const endless = /\S{1000}/gu;
const url = /(?:https?:\/\/|www\.)\S+/gu;
const drawnOut = /(\p{L})\1{2,}/gu;

const start = String.raw`[\p{L}\p{Nd}]`;
const w = String.raw`[\p{L}\p{M}\p{Nd}]`;
/** An apostrophe that tokenized text has moved away from its word: `don ' t`, `I ’ ll`. */
const detached = new RegExp(`(?<=${w}) ' (?=(?:s|t|m|re|ve|ll|d)(?!${w}))`, "gu");
const clitic = `(?:n't|'(?:s|m|re|ve|ll|d))(?!${w})`;
const token = new RegExp(
  [
    String.raw`<(?:number|url)>|\[(?:name|religion)\]`,
    `[:;=]['^-]?[()dp/|*\\]\\[](?!${w})|<3`,
    String.raw`\p{Nd}+(?:[.,:]\p{Nd}+)*(?!${w})`,
    String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*`,
    clitic,
    `${start}${w}*?(?=${clitic})|${start}${w}*(?:'${w}+)*`,
    String.raw`[!?]+|\.+|,`,
    String.raw`(\p{RI}{2}|\p{Extended_Pictographic})\1*`,
  ].join("|"),
  "gu",
);
const number = /^\p{Nd}[\p{Nd}.,:]*$/u;
const emoji = /^(?:\p{RI}{2}|\p{Extended_Pictographic})/u;

/**
 * The tokens of a text, in time linear in its length: lower-case words with their clitics apart
 * (`do`, `n't`), `.` `...` `,` `!` `!!` `?` `??` `?!`, emoji, emoticons, `<number>`, `<url>`,
 * `[name]`; one character each in scripts without spaces. Other signs are dropped, lone surrogates
 * too. Tokens joined by spaces give the same tokens again.
 */
export function tokenize(text: string): string[] {
  const plain = text
    .replace(piledMark, "")
    .normalize("NFKC")
    .replace(piledMark, "") // of letters that normalizing took apart
    .toLowerCase()
    .replace(apostrophes, "'")
    .replace(invisible, "")
    .replace(endless, "$& ")
    .replace(url, " <url> ")
    .replace(drawnOut, "$1$1")
    .replace(detached, "'");
  return (plain.match(token) ?? []).map(canonical);
}

/** One spelling for all tokens of a kind. */
function canonical(match: string): string {
  if (/^[!?]/.test(match)) return new Set(match).size > 1 ? "?!" : match.slice(0, 2);
  if (match.startsWith("..")) return "...";
  if (/^[:;=]/.test(match)) return face(match);
  if (number.test(match)) return "<number>";
  return emoji.exec(match)?.[0] ?? match;
}

/** An emoticon with `:` or `;` for eyes, no nose, and a round mouth. */
function face(match: string): string {
  const mouth = match.at(-1)!.replace("]", ")").replace("[", "(");
  return (match.startsWith(";") ? ";" : ":") + mouth;
}
