import type { AnyCommand } from "./command.ts";
import { undertone } from "./commands.ts";
import { exitCodes } from "./exit-codes.ts";

/** Returns docs/reference/cli.md: the help of every command at 80 columns, and the exit codes. */
export function commandReference(): string {
  const commands = undertone.commands.filter((command) => command.name() !== "help");
  const codes = Object.entries(exitCodes).map(([code, exit]) => `- ${exit}: \`${code}\``);
  const paragraphs = [
    "# Command line",
    "<!-- Written by `npm run docs` from src/cli. Do not edit: change the command and run it again. -->",
    "In a checkout, `npx tsx src/cli/main.ts` stands for `undertone`. Results go to standard output; progress, warnings and errors go to standard error. With `--json`, standard output holds exactly one JSON document. Ctrl-C stops cleanly; a second Ctrl-C stops at once. `--verbose` (or the variable `DEBUG`) adds causes to errors, `NO_COLOR` turns colors off.",
    ...commands.flatMap((command) => sectionsOf(command)),
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
  return [`## ${name}`, `\`\`\`text\n${helpOf(command)}\n\`\`\``];
}

/** The help of an installed package, which has a program named `undertone`. */
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
    .replace(/^ {2}-h, --help .*\n/m, "")
    .replace("Options:\n\n", "")
    .trim();
}
