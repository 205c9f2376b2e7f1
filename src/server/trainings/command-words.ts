import { UndertoneError } from "../../shared/errors.ts";

/**
 * Returns the words of the command that trained a run, as `run.json` has it, to go on with the run in its folder.
 * @throws UndertoneError `run-invalid` for a run that another command made
 */
export function resumingWords(command: string, runFolder: string): string[] {
  const [program, task, ...rest] = wordsOf(command);
  if (program === "undertone" && task === "train") {
    return ["train", ...rest, "--out", runFolder, "--resume"];
  }
  const made = command === "" ? "Another program" : `"${command}"`;
  throw new UndertoneError("run-invalid", `${made} made this run: it cannot be resumed from here.`);
}

/** Returns the corpora that a command names. */
export function dataOf(command: string): string[] {
  const words = wordsOf(command);
  return words.flatMap((word, index) =>
    words[index - 1] === "--data" ? [word] : word.startsWith("--data=") ? [word.slice(7)] : [],
  );
}

/** Parts of a word are in single quotes, where '\'' is one, or have none. */
function wordsOf(command: string): string[] {
  const words = command.match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /'([^']*)'|\\(')/g,
      (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? "",
    ),
  );
}
