import { renderUsage, type CommandMeta } from "citty";
import { resolved, type ResolvedCommand } from "./arguments.ts";

/** Usage, options, commands and examples of a command, as `--help` prints them. */
export async function helpText({ command, path }: ResolvedCommand): Promise<string> {
  const name = ["undertone", ...path.slice(0, -1)].join(" ");
  const usage = await renderUsage(command, path.length > 0 ? { meta: { name } } : undefined);
  const { examples = [] } = (await resolved<CommandMeta>(command.meta)) ?? {};
  const lines = usage.trimEnd().split("\n");
  if (examples.length > 0) lines.push("", "EXAMPLES", "", ...examples.map((line) => `  ${line}`));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
