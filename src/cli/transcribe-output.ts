import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import type { Failure } from "../recognition/find-audio.node.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { toCues, toSrt, toVtt } from "../transcription/subtitles.ts";
import { joinUtterances } from "../transcription/transcribe-recording.ts";
import type { RecordingTranscript } from "../transcription/transcript-cache.node.ts";
import type { Utterance } from "../transcription/transcript.ts";
import { printable } from "./printable.ts";

export const transcriptFormats = ["text", "json", "srt", "vtt"] as const;

export type TranscriptFormat = (typeof transcriptFormats)[number];

/** What came of one file; `speechToText` names what heard it. */
export type TranscribedFile = { readonly file: string } & (
  | (RecordingTranscript & { readonly speechToText: string })
  | { readonly error: Failure }
);

/** Where transcripts go. */
export interface TranscriptOutput {
  /** Takes an utterance of the file that is being heard. */
  utterance(utterance: Utterance): void;
  /** Takes a file that is done; says why its transcript went nowhere, if so. */
  file(result: TranscribedFile): Promise<Failure | undefined>;
  end(): Promise<void>;
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/** `1:02:03.4` and the words. */
function line({ startSec, text }: Utterance): string {
  const tenths = Math.round(startSec * 10);
  const hours = Math.floor(tenths / 36_000);
  const minutes = Math.floor(tenths / 600) % 60;
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  const clock = hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}` : String(minutes);
  return `${`${clock}:${seconds}`.padStart(9)}  ${printable(text)}\n`;
}

/** A file's keys, with its words as one text before the utterances. */
function document(result: TranscribedFile): unknown {
  if ("error" in result) return result;
  const { file, speechToText, durationSec, utterances, warnings } = result;
  const { text, confidence } = joinUtterances(utterances);
  return { file, speechToText, durationSec, text, confidence, utterances, warnings };
}

const renderers: Readonly<
  Record<TranscriptFormat, (result: RecordingTranscript & TranscribedFile) => string>
> = {
  text: ({ utterances }) => utterances.map(line).join(""),
  json: (result) => `${JSON.stringify(document(result), null, 2)}\n`,
  srt: ({ utterances }) => toSrt(toCues(utterances)),
  vtt: ({ utterances }) => toVtt(toCues(utterances)),
};

/** Prints to standard output; the text of a single file while it is heard. */
export function printTranscripts(format: TranscriptFormat, count: number): TranscriptOutput {
  const isLive = format === "text" && count === 1;
  let separator = '{"files":[\n';
  return {
    utterance: (utterance) => {
      if (isLive) process.stdout.write(line(utterance));
    },
    file: async (result) => {
      if (format === "json") {
        await write(`${separator}${JSON.stringify(document(result))}`);
        separator = ",\n";
      } else if (!isLive && !("error" in result)) {
        const heading = count > 1 ? `${printable(relative(process.cwd(), result.file))}\n` : "";
        await write(heading + renderers[format](result));
      }
      return undefined;
    },
    end: async () => {
      if (format === "json") await write(separator.startsWith("{") ? '{"files":[]}\n' : "\n]}\n");
    },
  };
}

const extensions = { text: ".txt", json: ".json", srt: ".srt", vtt: ".vtt" };

interface FolderOptions {
  readonly format: TranscriptFormat;
  /** The files and folders that were named: below a folder, its own folders are kept. */
  readonly named: readonly string[];
  readonly overwrite: boolean;
}

/** Writes a file for each recording into a folder. A file that is there with other words is left alone. */
export function writeTranscripts(folder: string, options: FolderOptions): TranscriptOutput {
  const { format, named, overwrite } = options;
  const taken = new Set<string>();
  return {
    utterance: () => undefined,
    file: async (result) => {
      if ("error" in result) return undefined;
      const place = placeBelow(named, result.file);
      const stem = join(folder, dirname(place), basename(place, extname(place)));
      const short = stem + extensions[format];
      const path = taken.has(short) ? join(folder, place + extensions[format]) : short;
      taken.add(path);
      const content = renderers[format](result);
      const there = await readFile(path, "utf8").catch(() => undefined);
      if (there !== undefined && there !== content && !overwrite) {
        const message = `${path} is there and differs. Add --overwrite, or choose another --out.`;
        return { code: "usage", message };
      }
      if (there !== content) await writeFileAtomically(path, content);
      return undefined;
    },
    end: async () => undefined,
  };
}

/** The path of a file below the named folder that it was found in. */
function placeBelow(named: readonly string[], file: string): string {
  for (const path of named) {
    const below = relative(resolve(path), file);
    if (below !== "" && !below.startsWith("..")) return below;
  }
  return basename(file);
}
