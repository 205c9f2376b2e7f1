import { UndertoneError } from "../shared/errors.ts";
import type { Transcriber } from "./transcript.ts";

const whisperLanguages = (
  "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu " +
  "hy id is it ja ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro " +
  "ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh"
).split(" ");

/** The code of a language that a service names by its code, with or without a region, or in English: `english` → `en`. */
export function languageCode(language: string): string {
  const name = language.toLowerCase();
  const englishNames = new Intl.DisplayNames("en", { type: "language" });
  const named = whisperLanguages.find((code) => englishNames.of(code)?.toLowerCase() === name);
  const code = named ?? name.split(/[-_]/, 1)[0]!;
  return code === "cmn" ? "zh" : code; // Mandarin, which is what Whisper's code for Chinese stands for
}

/**
 * Checks that a transcriber supports a language.
 * @throws UndertoneError `usage`
 */
export function checkLanguage(
  { name, languages }: Transcriber,
  language: string | undefined,
): void {
  if (language === undefined || languages === undefined || languages.includes(language)) return;
  const others = languages.length > 1 ? languages.join(" ") : `${languages[0]}`;
  throw new UndertoneError(
    "usage",
    `${name} does not support the language "${language}", only ${others}. Use another transcriber, such as whisper-base.`,
  );
}
