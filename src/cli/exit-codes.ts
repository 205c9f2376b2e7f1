import type { ErrorCode } from "../shared/errors.ts";
import { terminalWidth } from "./terminal-width.ts";

/** What the process returns for each error; 0 is success and 1 an error of the program itself. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  "file-not-found": 3,
  "file-unreadable": 4,
  "audio-unsupported": 5,
  "audio-corrupt": 6,
  "audio-empty": 7,
  "dataset-invalid": 8,
  "split-leaks": 9,
  "recipe-invalid": 10,
  "run-invalid": 11,
  "checkpoint-invalid": 12,
  "model-invalid": 13,
  "training-diverged": 14,
  "credentials-missing": 15,
  "network-failed": 16,
  "checksum-mismatch": 17,
  "disk-full": 18,
  busy: 19,
  "some-failed": 20,
  "audio-too-large": 21,
  closed: 22,
  "audio-incomplete": 23,
  cancelled: 130,
};

/** Returns every exit code and what it means, in columns, for `undertone --help`. */
export function exitCodeHelp(): string {
  const codes = Object.entries(exitCodes).map(([code, exit]) => `${exit} ${code}`);
  const cells = ["0 success", "1 internal error", ...codes];
  const width = Math.max(...cells.map(({ length }) => length)) + 2;
  const perLine = Math.max(1, Math.floor((terminalWidth() - 2) / width));
  const lines = Array.from({ length: Math.ceil(cells.length / perLine) }, (_, line) =>
    cells.slice(line * perLine, (line + 1) * perLine).map((cell) => cell.padEnd(width)),
  );
  return ["", "Exit codes:", ...lines.map((line) => `  ${line.join("").trimEnd()}`)].join("\n");
}
