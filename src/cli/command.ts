import { Command, Help, type CommanderError } from "@commander-js/extra-typings";
import { UndertoneError } from "../shared/errors.ts";
import { fittingName } from "./renamed-options.ts";
import { terminalWidth } from "./terminal-width.ts";
import { typeable } from "./typeable.ts";

/**
 * Returns a command whose options are strict, whose help fits the terminal, and whose errors are
 * `UndertoneError`s of code `usage` that name a remedy. Nothing but help and version is printed.
 */
export function createCommand(name: string, description: string) {
  const command = new Command(name)
    .description(description)
    .helpOption("-h, --help", "Show this help")
    .configureHelp({
      minWidthToWrap: 20,
      formatItem,
      optionDescription,
      subcommandTerm: (each) => each.name(),
    })
    .configureOutput({ getOutHelpWidth: terminalWidth, writeErr: () => undefined })
    .exitOverride((error) => {
      throw usageError(error, command);
    })
    .hook("preAction", (_, called) => assertValues(called));
  return command;
}

/** Returns a command that only holds others. */
export function createGroup(name: string, description: string, commands: readonly AnyCommand[]) {
  const group = createCommand(name, description).helpCommand(false);
  for (const command of commands) group.addCommand(command);
  return group;
}

/** Any command, whatever its arguments and options. */
export type AnyCommand = Parameters<Command["addCommand"]>[0];

/** Returns the end of a command's help: lines that a person can type. */
export function examples(...lines: readonly string[]): () => string {
  return () => `\nExamples:\n${lines.map((line) => `  ${typeable(line)}`).join("\n")}`;
}

/** In place of commander's, which leaves long texts unwrapped on a narrow terminal. */
function formatItem(...[term, termWidth, text, help]: Parameters<Help["formatItem"]>): string {
  const width = help.helpWidth ?? 80;
  const beside = width - termWidth - 4;
  if (beside >= 36 || text === "") {
    const lines = help.boxWrap(text, beside).split("\n");
    return `  ${term.padEnd(termWidth)}  ${lines.join(`\n${" ".repeat(termWidth + 4)}`)}`.trimEnd();
  }
  return `  ${term}\n${help.boxWrap(text, width - 6).replace(/^/gm, "      ")}`;
}

/** Choices and defaults without the quotation marks of JSON. */
function optionDescription(...given: Parameters<Help["optionDescription"]>): string {
  return new Help().optionDescription(...given).replaceAll(/"([^"\s]*)"(?=[,)])/g, "$1");
}

function usageError(error: CommanderError, command: AnyCommand): Error {
  if (error.exitCode === 0) return error;
  const remedy = `Try: ${commandPath(command)} --help`;
  if (error.code === "commander.help") {
    return new UndertoneError("usage", `No command given. ${remedy}`);
  }
  const sentence = fittingName(error, command)
    .replace(/^error: (.)/, (_, first: string) => first.toUpperCase())
    .replace(/^Option (.*) argument ('.*') is invalid\./s, "$1 cannot be $2.")
    .replace(/\n\((.*)\)$/, ". $1")
    .replaceAll(/'(-[^']*)'/g, "$1");
  const isWhole = /[.?]$/.test(sentence);
  const hint = /did you mean|choices|Give /i.test(sentence) ? "" : ` ${remedy}`;
  return new UndertoneError("usage", `${sentence}${isWhole ? "" : "."}${hint}`, { cause: error });
}

function commandPath(command: AnyCommand): string {
  return command.parent ? `${commandPath(command.parent)} ${command.name()}` : command.name();
}

/** Commander would take the next option for the value that is missing. */
function assertValues(command: Pick<AnyCommand, "options" | "getOptionValue">): void {
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    const isMissing = [value].flat().some((each) => each === "" || /^--./.test(String(each)));
    if (isMissing) throw new UndertoneError("usage", `Option ${option.flags} needs a value.`);
  }
}
