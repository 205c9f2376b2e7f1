import { analyzeCommand } from "./analyze.ts";
import { type AnyCommand, createCommand } from "./command.ts";
import { openCommandLine } from "./commands.ts";
import {
  columnsOption,
  corpusOption,
  corpusOptionsHeading,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { errorCodes, type ErrorCode } from "../shared/errors.ts";
import { exitCodes } from "./exit-codes.ts";
import { recognitionOptionsHeading } from "./recognition-options.ts";

const meanings: Readonly<Record<ErrorCode, string>> = {
  usage: "a wrong option or argument",
  "file-not-found": "a file or folder is missing, or a folder has no audio files",
  "file-unreadable": "a file cannot be read or written",
  "audio-unsupported": "no audio, or an unknown format",
  "audio-corrupt": "damaged beyond decoding",
  "audio-empty": "no samples, or no usable speech",
  "audio-too-large": "larger than `maxBytes`",
  "audio-incomplete": "results stand, but less than 90 % of a recording could be decoded",
  "dataset-invalid": "a corpus is not as it should be",
  "split-leaks": "splits would share speakers or clips",
  "recipe-invalid": "a wrong or misspelt setting",
  "run-invalid": "a run folder is incomplete or of another kind",
  "checkpoint-invalid": "a checkpoint is damaged or does not fit",
  "model-invalid": "no model of Undertone",
  "training-diverged": "the loss is no number",
  "credentials-missing": "a download or service needs a token",
  "network-failed": "no network, or the server failed",
  "checksum-mismatch": "a download is not what was published",
  "disk-full": "no space left",
  busy: "another process does the same work",
  "some-failed": "some of many files failed, the others are done",
  closed: "the recognizer was closed",
  cancelled: "Ctrl-C, or an `AbortSignal`",
};

/** Resolves to docs/reference/cli.md: the help of every command at 80 columns, the options of corpora, and the exit codes. */
export async function commandReference(): Promise<string> {
  const undertone = await openCommandLine();
  const commands = undertone.commands.filter((command) => command.name() !== "help");
  const byExit = errorCodes.toSorted((a, b) => exitCodes[a] - exitCodes[b]);
  const codes = byExit.map((code) => `- ${exitCodes[code]} \`${code}\`: ${meanings[code]}`);
  const paragraphs = [
    "# Command line",
    "<!-- Written by `npm run docs` from src/cli. Do not edit: change the command and run it again. -->",
    "In a checkout, `npx tsx src/cli/main.ts` stands for `undertone`. Results go to standard output; progress, warnings and errors go to standard error. With `--json`, standard output holds exactly one JSON document. Ctrl-C stops cleanly; a second Ctrl-C stops at once. `--verbose` (or the variable `DEBUG`) adds causes to errors, `NO_COLOR` turns colors off. `--threads` says how many threads compute (default: number of CPU cores), `--seed` is the random seed (1), `--offline` forbids downloads. `--help` shows these options too, and examples.",
    ...commands.flatMap((command) => sectionsOf(command)),
    "## Corpus options",
    `\`\`\`text\n${corpusOptions()}\n\`\`\``,
    "## Exit codes",
    "0 is success, 1 an error in Undertone itself. Every other code stands for one code of `UndertoneError`:",
    codes.join("\n"),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** The sections of a command, or of those that it only holds. */
function sectionsOf(command: AnyCommand, path = "undertone"): string[] {
  const name = `${path} ${command.name()}`;
  if (command.commands.length > 0) {
    return command.commands.flatMap((inner) => sectionsOf(inner, name));
  }
  const isAnalyze = command === analyzeCommand; // it explains what others share
  const help = helpOf(command)
    .replace(corpusBlock, namesOnly)
    .replace(recognitionBlock, (block) => (isAnalyze ? block : asInAnalyze));
  return [`## ${name}`, `\`\`\`text\n${help}\n\`\`\``];
}

/** The options of a help that say how to read a corpus, which the page explains once. */
const corpusBlock = new RegExp(`^${corpusOptionsHeading}(?:\n .*)+`, "m");

const recognitionBlock = new RegExp(`^${recognitionOptionsHeading}(?:\\n .*)+`, "m");
const asInAnalyze = `${recognitionOptionsHeading} as of undertone analyze`;

function namesOnly(block: string): string {
  const names = [...block.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
  return `${corpusOptionsHeading} ${names.join(" ")}`;
}

function corpusOptions(): string {
  const command = createCommand("all", "");
  for (const option of [corpusOption, columnsOption, layoutOption, speakerFromOption, mapOption]) {
    command.addOption(option);
  }
  const [block = ""] = corpusBlock.exec(helpOf(command)) ?? [];
  return block.replace(`${corpusOptionsHeading}\n`, "").trimEnd();
}

/** The help of an installed package, which has a program named `undertone`, without the examples. */
function helpOf(command: AnyCommand): string {
  let help = "";
  command.configureOutput({
    getOutHelpWidth: () => 80,
    writeOut: (text) => {
      help += text;
    },
  });
  command.outputHelp();
  return help
    .replaceAll("npx tsx src/cli/main.ts", "undertone")
    .replace(/^Usage: .*\n\n/, "")
    .replace(/^ {2}-h, --help .*\n/m, "")
    .replace("Options:\n\n", "")
    .replace(/^Examples:\n(?: .*\n?)+/m, "")
    .replaceAll(/^ {2}--(?:json|threads <count>|offline|seed <number>) .*\n?(?: {4,}.*\n?)*/gm, "")
    .replace(/^Options:\n\n?(?! )/m, "")
    .trim();
}
