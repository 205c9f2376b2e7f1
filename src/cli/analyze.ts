import { summaries } from "./command-list.ts";
import { examples } from "./command.ts";
import { choice, jsonOption, shardOption, wholeNumber } from "./options.ts";
import { recognitionCommand } from "./recognition-options.ts";

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

export type AnalysisFormat = (typeof analysisFormats)[number];

/** `undertone analyze`: emotion over time, from voice and words. */
export const analyzeCommand = recognitionCommand("analyze", summaries.analyze)
  .argument("[paths...]", "Audio files and folders")
  .option(
    "--manifest <file>",
    'In place of paths: JSON Lines such as {"audio_filepath": "a.wav", "offset": 10, "duration": 5}',
  )
  .addOption(shardOption)
  .option("--moments <emotion>", 'List the strongest moments of an emotion, or of "any"')
  .option(
    "--top <count>",
    "How many moments are listed of each speaker (default: 10)",
    wholeNumber(),
  )
  .addOption(
    choice("--format <name>", "Format of what is printed", {
      names: analysisFormats,
      synonyms: { praat: "textgrid", ndjson: "jsonl", txt: "text" },
    }),
  )
  .addOption(jsonOption)
  .option(
    "--out <file>",
    "Write a new file; its extension decides the format: .jsonl, .json, .csv, .parquet, .txt, .html, .rttm, .srt, .vtt, .TextGrid, .eaf",
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
      "undertone analyze --manifest m.jsonl --shard 3/9 --out 3.parquet",
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
      child.stop();
    }
  });

export type AnalyzeOptions = ReturnType<typeof analyzeCommand.opts>;
