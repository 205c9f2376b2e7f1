import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import type { FileResult } from "../recognition/file-result.node.ts";
import type { FoundFile } from "../recognition/find-audio.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { createTally } from "./analysis-tally.ts";
import { wholeNumber } from "./arguments.ts";
import { signalOf } from "./cancel.ts";
import { createPrinter, type AnalysisFormat } from "./print-analysis.ts";
import { createProgress } from "./progress.ts";

/** `undertone analyze`: emotion over time of sound files and folders of them. */
export const analyzeCommand = defineCommand({
  meta: {
    name: "analyze",
    description: "Emotion over time of sound files, and of all that lie in folders",
    variadic: true,
    examples: [
      "undertone analyze interview.mp3",
      "undertone analyze interview.mp3 --json | jq '.files[0].segments'",
      "undertone analyze calls/ --out results.jsonl",
      "undertone analyze calls/ --out results.jsonl --resume",
    ],
  },
  args: {
    paths: { type: "positional", description: "Sound files and folders, as many as you like" },
    model: {
      type: "string",
      valueHint: "file.onnx",
      description: "The model; by default the one that comes with undertone",
    },
    format: {
      type: "enum",
      options: ["table", "json", "jsonl", "csv"],
      description: "How to print (table)",
    },
    json: { type: "boolean", description: "The same as --format json" },
    out: {
      type: "string",
      valueHint: "results.jsonl",
      description: "Write to a new file instead, a line of JSON for each sound file",
    },
    resume: { type: "boolean", description: "Go on with --out where it stopped" },
    jobs: {
      type: "string",
      valueHint: "count",
      description: "Processes that share the files; by default one a core",
    },
  },
  run: async ({ args, data }) => {
    const { out, resume = false } = args;
    const format = args.json ? "json" : args.format;
    if (out !== undefined && format !== undefined) {
      const message = "--out always writes JSON Lines: leave out --json and --format, or redirect.";
      throw new UndertoneError("usage", message);
    }
    if (resume && out === undefined) {
      throw new UndertoneError("usage", "--resume needs the --out to go on with.");
    }
    const jobs =
      args.jobs === undefined ? availableParallelism() : wholeNumber("--jobs", args.jobs);
    const { analyzeFiles } = await import("../recognition/batch.node.ts");
    const { defaultModelPath, modelIdOf } = await import("../recognition/load-recognizer.node.ts");
    const { findAudioFiles } = await import("../recognition/find-audio.node.ts");

    const model = args.model ?? defaultModelPath;
    const modelId = await modelIdOf(model);
    const files = await findAudioFiles(args._);
    const display = createProgress(process.stderr);
    const output =
      out === undefined
        ? createOrderedOutput(files, format ?? "table")
        : await createFileOutput(resolve(out), { resume, files, modelId });
    const todo = files.filter(({ file }) => !output.done.has(file));
    if (todo.length < files.length) {
      display.info(`${files.length - todo.length} of ${files.length} files were done before.`);
    }
    const tally = createTally(todo.length, display);
    try {
      await analyzeFiles(todo, {
        model,
        modelId,
        jobs,
        signal: signalOf({ data }),
        onProgress: (doneSec) => tally.heard(doneSec),
        onResult: async (result) => {
          await output.append(result);
          tally.count(result);
        },
      });
    } catch (error) {
      if (!(error instanceof UndertoneError) || error.code !== "cancelled" || !out) throw error;
      const message = "Stopped. The same command with --resume goes on with the files left.";
      throw new UndertoneError("cancelled", message, { cause: error });
    } finally {
      await output.close();
    }
    tally.throwFailures();
  },
});

/** Where results go: to standard output or to a file. */
interface Output {
  readonly done: ReadonlySet<string>;
  append(result: FileResult): Promise<void>;
  close(): Promise<void>;
}

interface FileOutputOptions {
  readonly resume: boolean;
  readonly files: readonly FoundFile[];
  readonly modelId: string;
}

async function createFileOutput(path: string, options: FileOutputOptions): Promise<Output> {
  const { openResults } = await import("../recognition/results-file.node.ts");
  return openResults(path, options);
}

/** Prints results in the order of the files, in whatever order they come. */
function createOrderedOutput(files: readonly FoundFile[], format: AnalysisFormat): Output {
  const printer = createPrinter(format);
  const early = new Map<string, FileResult>();
  const queue = files.map(({ file }) => file);
  let next = 0;
  return {
    done: new Set(),
    append: async (result) => {
      early.set(result.file, result);
      for (let ready = early.get(queue[next]!); ready; ready = early.get(queue[++next]!)) {
        early.delete(ready.file);
        await printer.print(ready);
      }
    },
    close: () => printer.end(),
  };
}
