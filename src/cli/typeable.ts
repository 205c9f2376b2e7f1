import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const commandLine =
  /(?<![\w-])undertone(?= (?:analyze|batch|cache|calibrate|combine|compare|cross-corpus|dataset|demo|evaluate|export|help|models|recipes|results|spectrogram|studio|serve|test|train|transcribe|--help)\b)/g;

/**
 * Returns a text whose command lines can be typed where the program runs: in a checkout, which has no
 * program named `undertone`, they start the sources.
 */
export function typeable(text: string): string {
  const isCheckout = import.meta.url.endsWith(".ts");
  return isCheckout ? text.replaceAll(commandLine, startOfSources()) : text;
}

function startOfSources(): string {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  const main = relative(process.cwd(), join(checkout, "src/cli/main.ts"));
  const isOutside = main.startsWith("..");
  const tsx = isOutside
    ? relative(process.cwd(), join(checkout, "node_modules/.bin/tsx"))
    : "npx tsx";
  return `${tsx} ${main}`;
}
