import { cell, table } from "./markdown.ts";
import { percent, withRange } from "./results-details.ts";
import type { RunResult } from "./run-result.ts";

/** What a few neutral seconds of the speaker are worth: a section, or none. */
export function enrolledSection(results: readonly RunResult[]): string[] {
  const rows = results
    .toSorted(
      (a, b) =>
        a.corpus.localeCompare(b.corpus, "en") ||
        a.protocol.localeCompare(b.protocol, "en") ||
        (b.enrolled?.unweightedAverageRecall.value ?? 0) -
          (a.enrolled?.unweightedAverageRecall.value ?? 0),
    )
    .flatMap(({ name, corpus, extraData = [], protocol, enrolled, seeds }) =>
      enrolled
        ? [
            [
              cell(name),
              cell([corpus, ...extraData].join(" + ")),
              protocol,
              withRange(enrolled.unweightedAverageRecall).replace(/^\S+/, "**$&**"),
              percent(enrolled.unknownRecall),
              percent(enrolled.expectedCalibrationError.value),
              String(seeds.length),
            ],
          ]
        : [],
    );
  if (rows.length === 0) return [];
  return [
    "## With a few neutral seconds of the speaker\n\nUAR had two neutral clips of each test speaker been heard before ([evaluation.md](evaluation.md#enrollment)). They are drawn five times\n" +
      "and left out of both scores. These do not compare with those above, where the speakers are strangers.",
    table(["run", "corpus", "protocol", "UAR enrolled", "not enrolled", "ECE", "seeds"], rows),
  ];
}
