import { withoutControls } from "../shared/controls.ts";
import type { Utterance, Word } from "./transcript.ts";

/** A line of a subtitle and when it is shown. */
export interface Cue {
  readonly startSec: number;
  readonly endSec: number;
  readonly text: string;
  /** Who speaks, where speakers are told apart. */
  readonly speaker?: string;
}

/** Two lines of 42, as broadcasters have them. */
const mostCharacters = 84;

/**
 * Cuts utterances into cues that a person can read: at most 84 characters, broken between words, and timed by
 * the words' times or else by their share of the characters.
 */
export function toCues(utterances: readonly Utterance[]): Cue[] {
  return utterances.flatMap((utterance) => {
    const cues: Cue[] = [];
    const speaker = speakerOf(utterance);
    let open: Word[] = [];
    const close = (): void => void cues.push({ ...cueOf(open), ...(speaker && { speaker }) });
    for (const word of timedWords(utterance)) {
      if (open.length > 0 && textOf([...open, word]).length > mostCharacters) {
        close();
        open = [];
      }
      open.push(word);
    }
    if (open.length > 0) close();
    return cues;
  });
}

/** Returns the name of who speaks where channels are told apart: `speaker 2` in channel 2. */
export function speakerOf({ channel }: Utterance): string | undefined {
  return channel === undefined ? undefined : `speaker ${channel}`;
}

/** Returns the words of an utterance with their times, or else with those that their share of the characters gives. */
export function timedWords({ words, text, startSec, endSec }: Utterance): readonly Word[] {
  if (words !== undefined && words.length > 0) return words;
  const secPerCharacter = (endSec - startSec) / text.length;
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    text: word,
    startSec: startSec + index * secPerCharacter,
    endSec: startSec + (index + word.length) * secPerCharacter,
  }));
}

const textOf = (words: readonly Word[]): string => words.map(({ text }) => text).join(" ");

const cueOf = (words: readonly Word[]): Cue => ({
  startSec: words[0]!.startSec,
  endSec: words.at(-1)!.endSec,
  text: textOf(words),
});

/**
 * Returns subtitles as SubRip (`.srt`).
 * @see https://en.wikipedia.org/wiki/SubRip
 * @example
 * ```ts
 * import { toSrt } from "undertone";
 *
 * const srt = toSrt([{ startSec: 0, endSec: 1.5, text: "Hello." }]); // → "1\n00:00:00,000 --> 00:00:01,500\nHello.\n"
 * ```
 */
export function toSrt(cues: readonly Cue[]): string {
  return cues
    .map(({ startSec, endSec, text, speaker }, index) => {
      const name = speaker === undefined ? "" : `${speaker}: `;
      const body = lines(name + text).replaceAll("-->", "→");
      return `${index + 1}\n${clock(startSec, ",")} --> ${clock(endSec, ",")}\n${body}\n`;
    })
    .join("\n");
}

/**
 * Returns subtitles as WebVTT (`.vtt`).
 * @see https://www.w3.org/TR/webvtt1/
 * @example
 * ```ts
 * import { toVtt } from "undertone";
 *
 * const vtt = toVtt([{ startSec: 0, endSec: 1.5, text: "Hello." }]); // → "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello.\n"
 * ```
 */
export function toVtt(cues: readonly Cue[]): string {
  const written = cues.map(({ startSec, endSec, text, speaker }) => {
    const voice =
      speaker === undefined
        ? ""
        : `<v ${escaped(withoutControls(speaker)).replaceAll(/\s+/g, " ")}>`;
    return `\n${clock(startSec, ".")} --> ${clock(endSec, ".")}\n${voice}${escaped(lines(text))}\n`;
  });
  return `WEBVTT\n${written.join("")}`;
}

/** What would be markup, as text. */
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A blank line would end the cue. */
const lines = (text: string): string =>
  withoutControls(text)
    .trim()
    .replaceAll(/\s*[\r\n]+\s*/g, "\n");

/** `01:02:03.004`, with the format's own decimal sign. */
function clock(seconds: number, decimal: "," | "."): string {
  const ms = Math.round(seconds * 1000);
  const parts = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ];
  const time = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${time}${decimal}${String(ms % 1000).padStart(3, "0")}`;
}
