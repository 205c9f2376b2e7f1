import { dirname, relative } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import type { Clip } from "./manifest.ts";
import type { ReadingNotes } from "./omissions.ts";
import { Omissions } from "./omissions.ts";
import { isTableName } from "./table.ts";

/**
 * Parses `--speaker-from '^(\w+)_'`: a regular expression on a clip's path whose first group is the speaker.
 * @throws UndertoneError `usage`
 */
export function parseSpeakerPattern(text: string): RegExp {
  try {
    const pattern = new RegExp(text, "u");
    // With nothing to match, each group still has a place in the result.
    if (new RegExp(`${text}|`, "u").exec("")!.length > 1) return pattern;
  } catch (cause) {
    const message = `--speaker-from ${text}: is no regular expression.`;
    throw new UndertoneError("usage", message, { cause });
  }
  const message = `--speaker-from ${text}: has no group for the speaker, as in '(\\w+)_\\d+'.`;
  throw new UndertoneError("usage", message);
}

interface ReadClips extends ReadingNotes {
  readonly root: string;
  readonly clips: readonly Clip[];
}

/**
 * Returns a corpus whose speakers are found in the paths of its clips, relative to its folder; clips whose path does not match are
 * left out.
 * @throws UndertoneError `usage` where none matches
 */
export function withSpeakersFrom<C extends ReadClips>(corpus: C, pattern: RegExp): C {
  const folder = isTableName(corpus.root) ? dirname(corpus.root) : corpus.root;
  const omissions = new Omissions();
  const clips = corpus.clips.flatMap((clip) => {
    const path = relative(folder, clip.path).replaceAll("\\", "/");
    const speakerId = pattern.exec(path)?.[1];
    if (speakerId !== undefined && speakerId !== "") return [{ ...clip, speakerId }];
    omissions.add("no speaker", path);
    return [];
  });
  if (clips.length === 0) {
    const [first] = corpus.clips;
    const example = first ? `, such as ${relative(folder, first.path).replaceAll("\\", "/")}` : "";
    const message = `--speaker-from ${pattern.source} matches no path${example}.`;
    throw new UndertoneError("usage", message);
  }
  return { ...corpus, clips, leftOut: [...corpus.leftOut, ...omissions.list()] };
}
