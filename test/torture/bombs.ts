/** Decodes files that promise, or hold, more than fits into memory. */
import { bombs } from "./inputs/bombs.ts";
import { ReaderApart } from "./read-apart.ts";
import { Tally, type TortureOptions } from "./tally.ts";

/** Also with the models of voice alone an analysis stays below 800 MB; these take 200. */
const mostMb = 600;
const mostSec = 1800;

/** Each bomb ends, by an error of the file or without, in bounded memory. */
export async function tortureBombs({ size }: TortureOptions): Promise<Tally> {
  const tally = new Tally("bombs");
  const reader = new ReaderApart();
  for (const [name, make] of Object.entries(bombs)) {
    const answer = await reader.read({ bytes: make(size), wantsSamples: false }, mostSec);
    if (typeof answer === "string") tally.count("failed", `${name}: ${answer}`);
    else if (answer.code === "bug") tally.count("failed", `${name}: ${answer.message}`);
    else if (answer.peakMb > mostMb) tally.count("failed", `${name}: ${answer.peakMb} MB`);
    else tally.count(answer.code || answer.warnings.length > 0 ? "told" : "right", name);
    // The most that a process has taken stays: a new one is needed to measure the next.
    if (typeof answer !== "string" && answer.peakMb > mostMb) reader.stop();
  }
  reader.stop();
  return tally;
}
