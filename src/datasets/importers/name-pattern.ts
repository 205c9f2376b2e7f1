import { type NamedClip, type NamedImporter, type Omission, parseSex, stemOf } from "./importer.ts";

/** How the file names of a corpus carry its labels. */
interface NamePattern {
  /**
   * Matches a file's name without extension, or its path where the expression has a `/`. Groups: `emotion` and `speaker`, and
   * where the name has them `sex`, `sentence` and `words`.
   */
  readonly pattern: RegExp;
  /** The label of each emotion in names; others are left out. */
  readonly emotions: Readonly<Record<string, string>>;
  /** Why the other emotions are left out. */
  readonly omitted?: string;
  /** By the group `sex`, or by speaker, where names do not write it as a word or letter. */
  readonly sexes?: Readonly<Record<string, "female" | "male">>;
  /** What is said, by sentence. */
  readonly sentences?: Readonly<Record<string, string>>;
  readonly details?: NamedImporter["details"];
}

/** Returns the importer of a corpus whose labels a regular expression finds in file names. */
export function namedBy({ details, ...pattern }: NamePattern): NamedImporter {
  return { readName: (path) => readName(path, pattern), ...(details && { details }) };
}

function readName(
  path: string,
  { pattern, emotions, omitted, sexes, sentences }: NamePattern,
): NamedClip | Omission | undefined {
  const stem = stemOf(path);
  const isOfPath = pattern.source.includes("/");
  const name = isOfPath ? path.slice(0, path.lastIndexOf("/") + 1) + stem : stem;
  const groups: Partial<Record<string, string>> | undefined = pattern.exec(name)?.groups;
  if (!groups) return undefined;
  const { emotion: code = "", speaker = "", sex: sexWord = "", sentence, words } = groups;
  const emotion = Object.hasOwn(emotions, code) ? emotions[code] : undefined;
  if (emotion === undefined) return omitted === undefined ? undefined : { omitted };
  const sex = sexes?.[sexWord || speaker] ?? parseSex(sexWord);
  const transcript = words ?? (sentence === undefined ? undefined : sentences?.[sentence]);
  return {
    id: stem,
    emotion,
    speakerId: speaker,
    ...(sex && { sex }),
    ...(sentence !== undefined && { sentenceId: sentence }),
    ...(transcript !== undefined && { transcript }),
  };
}
