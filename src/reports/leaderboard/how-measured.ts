import type { LogEntry } from "./log-entry.ts";
import { cell } from "./markdown.ts";

/** Returns how the numbers of the page were made. */
export function howMeasured(entries: readonly LogEntry[]): string {
  const machines = new Set(entries.flatMap(({ machine }) => machine ?? []));
  return `## How the numbers were made

- **Test sets**: \`emobox\` (6 folds), \`luna-jimenez\` (5 folds) and \`speaker-folds\` (5 folds) test on unseen speakers; \`official\` is the corpus's own
  split; \`random\` shares speakers between training and test. Scores of different test sets do not compare. Cross-corpus models choose among the labels that both corpora share.
- **Selection** used validation clips only, of which _validation_ is the UAR; but what \`functionals-probe\` measures was chosen on all of RAVDESS, where it flatters.
- **Intervals**: 95 % bootstrap over speakers, 2000 draws. Of several seeds the predictions are pooled; an interval does not cover the luck of one seed. **Chance level** of UAR: 1 / classes.
- **adapted**: UAR with two neutral clips of each test speaker for [speaker adaptation](evaluation.md#speaker-adaptation). **wer-N, missing-N**: UAR with N % simulated word errors, and with N % of the transcripts missing.
- **MB**: all files of the model, its encoders included. **ms a clip**: three seconds of audio on one thread${machines.size > 0 ? ` of ${[...machines].map(cell).join(" or ")}` : ""}, without transcription. **minutes**: training of all folds with one seed. **Metrics**: [definitions](reference/metrics.md); \`undertone evaluate RUN\` repeats them.`;
}
