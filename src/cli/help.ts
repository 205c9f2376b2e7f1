import { renderUsage, type CommandMeta } from "citty";
import { resolved, type ResolvedCommand } from "./arguments.ts";

/** Usage, options, commands and examples of a command, as `--help` prints them. */
export async function helpText({ command, parent }: ResolvedCommand): Promise<string> {
  const usage = (await renderUsage(command, parent)).trimEnd();
  const { examples = [] } = (await resolved<CommandMeta>(command.meta)) ?? {};
  if (examples.length === 0) return `${usage}\n`;
  return `${usage}\n\nEXAMPLES\n\n${examples.map((example) => `  ${example}`).join("\n")}\n`;
}
