#!/usr/bin/env node
import { inspect, stripVTControlCharacters } from "node:util";
import { runCommand, type ArgsDef, type CommandMeta } from "citty";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode } from "../shared/files.node.ts";
import { checkArguments, resolveCommand, resolved } from "./arguments.ts";
import { cancelOnInterrupt } from "./cancel.ts";
import { undertone } from "./commands.ts";
import { exitCodes } from "./exit-codes.ts";
import { helpText } from "./help.ts";
import { printableLines } from "./printable.ts";

/** Takes a switch of the whole program out of the line (not beyond `--`); true when it stood there. */
function take(line: string[], ...names: readonly string[]): boolean {
  const end = line.indexOf("--");
  const place = line.findIndex((word, i) => (end < 0 || i < end) && names.includes(word));
  if (place >= 0) line.splice(place, 1);
  return place >= 0;
}

function plainUnlessTerminal(text: string): string {
  return process.stdout.isTTY && !process.env["NO_COLOR"] ? text : stripVTControlCharacters(text);
}

async function run(line: string[]): Promise<void> {
  const help = take(line, "--help", "-h") || line[0] === "help";
  if (line[0] === "help") line.shift();
  if (take(line, "--version", "-V")) {
    const meta = await resolved<CommandMeta>(undertone.meta);
    process.stdout.write(`${meta?.version}\n`);
    return;
  }
  const found = await resolveCommand(undertone, line);
  if (help) {
    process.stdout.write(plainUnlessTerminal(await helpText(found)));
    return;
  }
  const { command, rest } = found;
  const meta = await resolved<CommandMeta>(command.meta);
  const args = (await resolved<ArgsDef>(command.args)) ?? {};
  checkArguments(args, rest, { variadic: meta?.variadic });
  if (command.run === undefined) {
    process.stderr.write(stripVTControlCharacters(await helpText(found)));
    throw new UndertoneError("usage", "Which command?");
  }
  try {
    await runCommand(command, { rawArgs: [...rest], data: cancelOnInterrupt() });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "CLIError") throw error;
    const problem = stripVTControlCharacters(error.message).replace(/\.$/, "");
    const remedy = `"undertone ${found.path.join(" ")} --help" shows what it takes.`;
    throw new UndertoneError("usage", `${problem}. ${remedy}`, { cause: error });
  }
}

/** Tells a person what went wrong and gives the process's exit code. */
function report(error: unknown, verbose: boolean): number {
  if (error instanceof UndertoneError) {
    process.stderr.write(`undertone: ${printableLines(error.message)}\n`);
    if (verbose) process.stderr.write(`${inspect(error)}\n`);
    return exitCodes[error.code];
  }
  process.stderr.write(
    `undertone: this is an error in undertone itself. Please report it with these lines:\n${inspect(error)}\n`,
  );
  return 1;
}

const line = process.argv.slice(2);
const verbose = take(line, "--verbose") || Boolean(process.env["DEBUG"]);
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (systemCode(error) === "EPIPE") process.exit();
    if (stream === process.stderr) process.exit(1); // nowhere left to complain to
    process.exit(report(fileError("Standard output", error), verbose));
  });
}
try {
  await run(line);
} catch (error) {
  process.exitCode = report(error, verbose);
}
