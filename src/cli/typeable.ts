import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const commandLine =
  /(?<![\w-])undertone(?= (?:analyze|combine|compare|dataset|demo|evaluate|help|leaderboard|models|recipes|results|spectrogram|test|train|transcribe|--help)\b)/g;

/**
 * Returns a text whose command lines can be typed where the program runs: in a checkout, which has no
 * program named `undertone`, they start the sources.
 */
export function typeable(text: string): string {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  if (!import.meta.url.endsWith(".ts")) return text;
  return text.replaceAll(commandLine, `npx tsx ${relative(process.cwd(), main)}`);
}
