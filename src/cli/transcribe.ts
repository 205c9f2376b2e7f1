import { summaries } from "./command-list.ts";
import {
  choice,
  jsonOption,
  maxDurationOption,
  offlineOption,
  speakerChannelsOption,
  trackOption,
} from "./options.ts";
import { createCommand, examples } from "./command.ts";

/** How transcripts can be printed. */
export const transcriptFormats = ["text", "json", "srt", "vtt"] as const;

export type TranscriptFormat = (typeof transcriptFormats)[number];

/** `undertone transcribe`: the words of audio files and folders of them. */
export const transcribeCommand = createCommand("transcribe", summaries.transcribe)
  .argument("[paths...]", "Audio files and folders")
  .addOption(
    choice("--format <name>", "Format of what is printed, or of the files in an --out folder", {
      names: transcriptFormats,
      synonyms: { txt: "text" },
    }),
  )
  .addOption(jsonOption)
  .option(
    "--transcriber <name>",
    "Speech-to-text: moonshine-base (the default), moonshine-tiny, whisper-tiny, whisper-base, whisper-small, whisper:MODEL, service:MODEL, google:MODEL",
  )
  .option("--language <code>", "Spoken language: en, de, … (default: detected)")
  .option(
    "--out <path>",
    "Write a file (.txt, .json, .srt, .vtt decide the format), or a file for each recording into this folder",
  )
  .option("--overwrite", "Replace files of --out that differ")
  .option(
    "--reference <table.tsv>",
    "Transcribe the files of a table (columns file, text) and score the word error rate",
  )
  .addOption(speakerChannelsOption)
  .addOption(trackOption)
  .addOption(maxDurationOption)
  .addOption(offlineOption)
  .option("--no-cache", "Transcribe again what was transcribed before")
  .addHelpText(
    "after",
    examples(
      "undertone transcribe interview.mp3",
      "undertone transcribe lecture.m4a --out lecture.srt",
      "undertone transcribe calls/ --format json --out transcripts/",
      "undertone transcribe a.mp3 --transcriber whisper-small",
      "undertone transcribe --reference transcripts.tsv",
    ),
  )
  .action(async (paths, options) => {
    const { runTranscription } = await import("./run-transcription.ts");
    await runTranscription(paths, options);
  });

export type TranscribeOptions = ReturnType<typeof transcribeCommand.opts>;
