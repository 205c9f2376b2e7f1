/** Analyses that a page of the studio is given in place of its models' own. */
import type { Page } from "playwright-core";
import type { Analysis, Segment } from "../../src/recognition/analysis.ts";
import { analysis, call } from "./analysis.ts";

/** Makes the worker of a page answer with an analysis whatever it is asked to analyze; before the page is opened. */
export async function giveAnalysis(page: Page, given: Analysis): Promise<void> {
  await page.addInitScript((value) => {
    const own = Object.getOwnPropertyDescriptor(Worker.prototype, "postMessage")!;
    Worker.prototype.postMessage = function (message, ...rest: unknown[]): void {
      const { id, path = [] }: { id?: string; path?: readonly string[] } = message;
      if (path.join(".") !== "analyze") {
        Reflect.apply(own.value, this, [message, ...rest]);
        return;
      }
      const data = { id, type: "RAW", value };
      setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data })));
    };
  }, given);
}

/** Returns an analysis of a call of two channels in which each speaks every 0.4 s. */
export function denseAnalysis(durationSec: number, text: string): Analysis {
  const spoken = analysis.segments.find(({ words }) => words !== null)!;
  const speakers = ["agent", "customer"].map((name, n) => ({
    ...call.speakers[n]!,
    speaker: `${name} ${text}`,
  }));
  const segments = Array.from({ length: 5 * durationSec }, (_, n): Segment => {
    const { speaker, channel } = speakers[n % 2]!;
    const startSec = n / 5;
    return { ...spoken, startSec, endSec: startSec + 0.4, speaker, channel, text };
  });
  return { ...analysis, durationSec, segments, speakers, warnings: [text] };
}
