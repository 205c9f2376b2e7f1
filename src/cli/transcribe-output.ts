import { readFile, stat } from "node:fs/promises";
import path, { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import type { Failure } from "../recognition/find-audio.node.ts";
import { clock } from "../shared/clock.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writePrivateFile } from "../shared/files.node.ts";
import { portableName, wayBelow } from "../shared/paths.ts";
import { speakerOf, toCues, toSrt, toVtt } from "../transcription/subtitles.ts";
import { joinUtterances } from "../transcription/transcribe-recording.ts";
import type { RecordingTranscript, Utterance } from "../transcription/transcript.ts";
import { assertNewFile, assertWritable, formatOfFile } from "./out-file.ts";
import { printable } from "./printable.ts";
import { fileSink, standardOutput, type Sink } from "./sink.ts";
import type { TranscribeOptions, TranscriptFormat } from "./transcribe.ts";

/** The transcript of a file, or why there is none; `transcriber` names the transcriber. */
export type TranscribedFile = { readonly file: string } & (
  | (RecordingTranscript & { readonly transcriber: string })
  | { readonly error: Failure }
);

/** Where transcripts go. */
export interface TranscriptOutput {
  /** Takes an utterance of the file that is being transcribed. */
  utterance(utterance: Utterance): void;
  /** Takes a file that is done; resolves to why its transcript was not written, if so. */
  file(result: TranscribedFile): Promise<Failure | undefined>;
  end(): Promise<void>;
}

/** `1:02:03.4`, who speaks where that is told apart, and the words. */
function line(utterance: Utterance): string {
  const speaker = speakerOf(utterance);
  const words = speaker === undefined ? utterance.text : `${speaker}: ${utterance.text}`;
  return `${clock(utterance.startSec).padStart(9)}  ${printable(words)}\n`;
}

const hasWords = ({ text }: Utterance): boolean => text !== "";

/** A file's keys, with its words as one text before the utterances. */
function document(result: TranscribedFile): unknown {
  if ("error" in result) return result;
  const { file, transcriber, durationSec, utterances, warnings, incomplete = null } = result;
  const { text, confidence } = joinUtterances(utterances);
  return { file, transcriber, durationSec, text, confidence, utterances, warnings, incomplete };
}

const renderers: Readonly<
  Record<TranscriptFormat, (result: RecordingTranscript & TranscribedFile) => string>
> = {
  text: ({ utterances }) => utterances.filter(hasWords).map(line).join(""),
  json: (result) => `${JSON.stringify(document(result), null, 2)}\n`,
  srt: ({ utterances }) => toSrt(toCues(utterances)),
  vtt: ({ utterances }) => toVtt(toCues(utterances)),
};

/** Writes all transcripts as one text; to standard output that of a single file while it is made. */
function joinTranscripts(format: TranscriptFormat, sink: Sink, count: number): TranscriptOutput {
  const isLive = format === "text" && count === 1 && sink === standardOutput;
  let separator = '{"files":[\n';
  let done = 0;
  return {
    utterance: (utterance) => {
      if (isLive && hasWords(utterance)) process.stdout.write(line(utterance));
    },
    file: async (result) => {
      done++;
      if (format === "json") {
        await sink.write(`${separator}${JSON.stringify(document(result))}`);
        separator = ",\n";
      } else if (!isLive && !("error" in result)) {
        const heading = count > 1 ? `${printable(relative(process.cwd(), result.file))}\n` : "";
        await sink.write(heading + renderers[format](result));
      }
      return undefined;
    },
    end: async () => {
      if (format === "json") {
        await sink.write(separator.startsWith("{") ? '{"files":[]}\n' : "\n]}\n");
      }
      await sink.end({ isComplete: done === count });
    },
  };
}

const extensions: Readonly<Record<TranscriptFormat, string>> = {
  text: ".txt",
  json: ".json",
  srt: ".srt",
  vtt: ".vtt",
};

const formats: Readonly<Record<string, TranscriptFormat>> = {
  ".txt": "text",
  ".json": "json",
  ".srt": "srt",
  ".vtt": "vtt",
};

/**
 * Returns where transcripts go by `--out`: standard output, one file, or a file a recording in a folder.
 * @throws UndertoneError `usage` for a format that cannot be written, or cannot hold all recordings
 */
export async function openTranscriptOutput(
  { out, format, json, overwrite }: TranscribeOptions,
  { named, count }: { readonly named: readonly string[]; readonly count: number },
): Promise<TranscriptOutput> {
  const given = json ? "json" : format;
  const isFile = out !== undefined && extname(out) !== "" && !(await isFolder(out));
  if (out !== undefined) await assertWritable(isFile ? dirname(resolve(out)) : resolve(out));
  if (out !== undefined && !isFile) {
    return writeTranscripts(out, {
      format: given ?? "text",
      named,
      overwrite: overwrite ?? false,
    });
  }
  const chosen = out === undefined ? (given ?? "text") : formatOfFile(out, formats);
  if (out !== undefined && given !== undefined && given !== chosen) {
    const message = `--out ${out} decides the format by its extension: leave out --format and --json.`;
    throw new UndertoneError("usage", message);
  }
  if ((chosen === "srt" || chosen === "vtt") && count > 1) {
    const message = `Subtitles of ${count} recordings are ${count} files: name a folder by --out.`;
    throw new UndertoneError("usage", message);
  }
  if (out !== undefined && !overwrite) await assertNewFile(out);
  return joinTranscripts(chosen, out === undefined ? standardOutput : fileSink(out), count);
}

const isFolder = async (out: string): Promise<boolean> =>
  out.endsWith("/") ||
  out.endsWith(sep) ||
  (await stat(out).then(
    (found) => found.isDirectory(),
    () => false,
  ));

interface FolderOptions {
  readonly format: TranscriptFormat;
  /** The files and folders that were named: below a folder, its own folders are kept. */
  readonly named: readonly string[];
  readonly overwrite: boolean;
}

/** Writes a file for each recording into a folder. A file that exists with other words is kept. */
function writeTranscripts(folder: string, options: FolderOptions): TranscriptOutput {
  const { format, named, overwrite } = options;
  const taken = new Set<string>();
  /** Systems that take no notice of case, or of how letters are composed, have one file of such names. */
  const isFree = (candidate: string): boolean => {
    const key = candidate.normalize("NFC").toLowerCase();
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  };
  return {
    utterance: () => undefined,
    file: async (result) => {
      if ("error" in result) return undefined;
      const place = placeBelow(named, result.file).split(sep).map(portableName).join(sep);
      const stem = join(folder, dirname(place), basename(place, extname(place)));
      const extension = extensions[format];
      const names = [stem + extension, join(folder, place + extension)];
      for (let n = 2; n <= taken.size + 2; n++) names.push(`${stem}-${n}${extension}`);
      const written = names.find(isFree)!;
      const content = renderers[format](result);
      const there = await readFile(written, "utf8").catch(() => undefined);
      if (there !== undefined && there !== content && !overwrite) {
        const message = `${written} exists and differs. Add --overwrite, or choose another --out.`;
        return { code: "usage", message };
      }
      if (there !== content) await writePrivateFile(written, content);
      return undefined;
    },
    end: async () => undefined,
  };
}

/** The path of a file below the named folder that it was found in. */
function placeBelow(named: readonly string[], file: string): string {
  const ways = named.map((folder) => wayBelow(resolve(folder), file, path));
  return ways.find((way) => way !== undefined) ?? basename(file);
}
