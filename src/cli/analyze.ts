import { references, sensitivities } from "../recognition/reference-options.ts";
import { createCommand, examples } from "./command.ts";
import {
  choice,
  jsonOption,
  maxDurationOption,
  nameList,
  numberUpTo,
  offlineOption,
  repeatable,
  speakerChannelsOption,
  speakersOption,
  trackOption,
  wholeNumber,
} from "./options.ts";

/** How results can be printed; the first five hold many recordings. */
export const analysisFormats = [
  "text",
  "json",
  "jsonl",
  "csv",
  "rttm",
  "srt",
  "vtt",
  "textgrid",
  "eaf",
] as const;

/** What voices can be held against. */
export const analysisReferences = [...references, "folder"] as const;

export type AnalysisFormat = (typeof analysisFormats)[number];

/** `undertone analyze`: emotion over time, from voice and words. */
export const analyzeCommand = createCommand(
  "analyze",
  "Emotion over time, from voice and words, of audio files and of folders",
)
  .argument("<paths...>", "Audio files and folders")
  .option("--model <file>", "Audio model: an .onnx file, or one of default, open, small")
  .option("--text-model <file>", "Text model: an .onnx file (default: the one that is included)")
  .option(
    "--transcriber <name>",
    "Speech-to-text: moonshine-base (the default), moonshine-tiny, whisper-tiny, whisper-base, whisper-small, whisper:MODEL, service:MODEL, google:MODEL",
  )
  .option("--language <code>", "Spoken language: en, de, … (default: detected)")
  .option("--transcript", "Use the words too", true)
  .option("--no-transcript", "Use the voice only")
  .option(
    "--min-confidence <probability>",
    'Report "unsure" below this probability',
    numberUpTo(1),
    0,
  )
  .option(
    "--enroll <file>",
    "Adapt to the only speaker by a recording of a few neutral seconds (repeatable)",
    repeatable,
  )
  .addOption(
    choice("--reference <source>", "What a voice is held against (default: recording)", {
      names: analysisReferences,
      synonyms: { self: "recording", speaker: "recording", none: "training", corpus: "folder" },
    }),
  )
  .addOption(
    choice("--sensitivity <level>", "How readily emotions are reported (default: normal)", {
      names: sensitivities,
      synonyms: { medium: "normal", default: "normal" },
    }),
  )
  .option(
    "--max-ood <score>",
    "Report no emotion above this out-of-distribution score (default: the model's)",
    numberUpTo(1),
  )
  .option("--moments <emotion>", 'List the strongest moments of an emotion, or of "any"')
  .option(
    "--top <count>",
    "How many moments are listed of each speaker (default: 10)",
    wholeNumber(),
  )
  .addOption(speakerChannelsOption)
  .option(
    "--roles <names>",
    "Names of the speakers, in the order of their channels or first words",
    nameList,
  )
  .option("--diarize", "Tell speakers of one channel apart")
  .addOption(speakersOption)
  .option("--rttm <file>", "Known turns of each recording, by its name")
  .option("--only <names>", "Speakers to analyze; all others are left out", nameList)
  .addOption(trackOption)
  .addOption(maxDurationOption)
  .addOption(offlineOption)
  .addOption(
    choice("--format <name>", "Format of what is printed", {
      names: analysisFormats,
      synonyms: { praat: "textgrid", ndjson: "jsonl", txt: "text" },
    }),
  )
  .addOption(jsonOption)
  .option(
    "--out <file>",
    "Write a new file; its extension decides the format: .jsonl, .json, .csv, .txt, .html, .rttm, .srt, .vtt, .TextGrid, .eaf",
  )
  .option(
    "--summary <file>",
    "Also write a table with a row for each recording and speaker: .csv, .tsv, .jsonl, .json",
  )
  .option(
    "--name-pattern <pattern>",
    "Columns of --summary and pages from file names, such as {agent}_{date}_{customer}",
  )
  .option(
    "--metadata <table>",
    "Columns of --summary and pages from a table that names the files (.csv, .tsv, .jsonl)",
  )
  .option("--bom", "Start CSV with a byte order mark, for spreadsheets")
  .option("--resume", "Continue an --out file of many recordings")
  .option(
    "--jobs <count>",
    "Parallel worker processes (default: number of CPU cores)",
    wholeNumber(),
  )
  .addHelpText(
    "after",
    examples(
      "undertone analyze interview.mp3",
      "undertone analyze interview.mp3 --out x.TextGrid",
      "undertone analyze call.mp3 --transcriber whisper-small",
      "undertone analyze diary.m4a --enroll neutral.wav",
      "undertone analyze call.wav --roles agent,caller --only caller",
      "undertone analyze interview.mp3 --diarize --speakers 2",
      "undertone analyze calls/ --moments angry",
      "undertone analyze calls/ --out results.csv --bom",
      "undertone analyze calls/ --out results.jsonl --resume",
      "undertone analyze call.mp3 --out call.html",
      "undertone analyze calls/ --out calls.html --summary calls.csv",
    ),
  )
  .action(async (paths, options) => {
    const { startWorker } = await import("../recognition/worker-process.node.ts");
    // Its modules load beside those of this process.
    const child = startWorker();
    try {
      const { runAnalysis } = await import("./run-analysis.ts");
      await runAnalysis(paths, options, child);
    } finally {
      child.kill("SIGKILL");
    }
  });

export type AnalyzeOptions = ReturnType<typeof analyzeCommand.opts>;
