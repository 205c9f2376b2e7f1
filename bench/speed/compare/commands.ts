import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measureAnalyze, measureCommand, measureProgram, type Taken } from "../measure-command.ts";
import type { Comparison } from "../rounds.ts";
import type { AnalysisInputs } from "../subjects/analysis-recordings.ts";

/** What is started; the last three need recordings of speech. */
export type CommandName =
  | "empty program"
  | "help"
  | "import of the library"
  | "clip, voice only"
  | "clip with words"
  | "ten minutes with words";

export interface CommandRow extends Taken {
  readonly name: CommandName;
}

/** The fastest round of each. */
export type CommandsSection = readonly CommandRow[];

const library = pathToFileURL(join(import.meta.dirname, "../../../dist/index.js"));

/** Undertone alone, as it is built. */
export function compareCommands({ speech }: AnalysisInputs): Comparison<CommandsSection> {
  const commands: [CommandName, () => Promise<Taken>][] = [
    ["empty program", () => measureProgram(["--eval", "0"])],
    ["help", () => measureCommand(["--help"])],
    ["import of the library", () => measureProgram(["--eval", `import("${library.href}")`])],
  ];
  if (speech !== undefined) {
    commands.push(
      ["clip, voice only", () => measureAnalyze([speech.clip, "--no-transcript"])],
      ["clip with words", () => measureAnalyze([speech.clip])],
      ["ten minutes with words", () => measureAnalyze([speech.recording])],
    );
  }
  const rows: CommandRow[] = [];
  return {
    round: async ({ report }) => {
      for (const [name, run] of commands) {
        const taken = await run();
        rows.push({ name, ...taken });
        report(`${name}: ${taken.seconds.toFixed(2)} s`);
      }
      return [];
    },
    section: () =>
      commands.map(([name]) => {
        const ofName = rows.filter((row) => row.name === name);
        return ofName.toSorted((a, b) => a.seconds - b.seconds)[0]!;
      }),
  };
}
