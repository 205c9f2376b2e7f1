import { cell, table } from "./markdown.ts";
import { published } from "./published-results.ts";
import { recipeDifference } from "../recipes/difference.ts";
import { enrolledSection } from "./results-enrolled.ts";
import { crossCorpusSection } from "./results-cross-corpus.ts";
import { conditionsSection } from "./results-robustness.ts";
import { servingCells, servingHeader, servingNote } from "./results-inference.ts";
import { percent, runDetails, withRange } from "./results-details.ts";
import type { RunResult } from "./run-result.ts";

/** The results page in Markdown: every number in it comes out of a run folder. */
export function resultsPage(results: readonly RunResult[]): string {
  const judged = results.filter(({ ablation }) => ablation === undefined);
  const crossed = judged.filter(({ trainedOn }) => trainedOn !== undefined);
  const held = judged.filter(
    ({ leaky, usesTextOnly, trainedOn }) => !leaky && !usesTextOnly && trainedOn === undefined,
  );
  const read = judged.filter(({ usesTextOnly }) => usesTextOnly);
  const leaky = judged.filter((result) => result.leaky);
  const ablations = new Set(results.flatMap(({ ablation }) => ablation ?? []));
  const sections = [
    introduction,
    ...(held.length > 0 ? [comparedSection("Speakers held out", held)] : []),
    ...(crossed.length > 0 ? [crossCorpusSection(crossed)] : []),
    ...(read.length > 0 ? [comparedSection("Words alone, on the corpora's own sides", read)] : []),
    ...(leaky.length > 0 ? [leakySection(leaky)] : []),
    ...enrolledSection(held),
    ...conditionsSection(judged),
    ...[...ablations].map((name) =>
      ablationSection(
        name,
        results.filter(({ ablation }) => ablation === name),
      ),
    ),
    "## Run by run",
    ...judged.map(runDetails),
  ];
  return `${sections.join("\n\n")}\n`;
}

const introduction = `# Results

<!-- Written by \`undertone results\` from run folders. Do not edit: run the command again. -->

Scores in per cent. UAR is the unweighted average recall, the mean of the recalls of all emotions; the range after a score is its
95 % interval from resampling speakers; ECE is the expected calibration error after calibration on validation clips. Scores of
different protocols do not compare. With several seeds, scores are means over them. What each number means: [evaluation.md](evaluation.md).
The numbers behind the page are in \`results.json\` beside it.`;

function comparedSection(title: string, results: readonly RunResult[]): string {
  const parts = Object.entries(published).flatMap(([known, { robustnessTests, results: others }]) =>
    results.some(({ corpus }) => corpus === known)
      ? [
          `To compare with, as published: ${robustnessTests}.\n\n${table(
            ["system", "score", "source"],
            others.map(({ system, score, source }) => [system, score, source]),
          )}`,
        ]
      : [],
  );
  return [`## ${title}`, scoreTable(results), ...parts].join("\n\n");
}

const leakySection = (results: readonly RunResult[]): string =>
  `## Split at random (leaky)\n\nThe same speakers stand in training and test. These scores say nothing about new speakers; they are here to\nshow by how much such a split flatters.\n\n${scoreTable(results)}`;

/** What a model takes stands in tables of models that it was measured of. */
function scoreTable(results: readonly RunResult[]): string {
  const note = servingNote(results);
  const serving = (texts: readonly string[]): readonly string[] => (note ? texts : []);
  const scores = table(
    [
      "run",
      "corpus",
      "protocol",
      "UAR",
      "accuracy",
      "macro-F1",
      "weighted F1",
      "ECE",
      "seeds",
      "speakers",
      "clips",
      "parameters",
      ...serving(servingHeader),
      "minutes",
    ],
    results
      .toSorted(
        (a, b) =>
          a.corpus.localeCompare(b.corpus, "en") ||
          a.protocol.localeCompare(b.protocol, "en") ||
          b.unweightedAverageRecall.value - a.unweightedAverageRecall.value,
      )
      .map((result) => [
        cell(result.name),
        cell([result.corpus, ...(result.extraData ?? [])].join(" + ")),
        result.leaky ? `${result.protocol} (leaky)` : result.protocol,
        withRange(result.unweightedAverageRecall).replace(/^\S+/, "**$&**"),
        withRange(result.accuracy),
        withRange(result.macroF1),
        percent(result.weightedF1),
        percent(result.expectedCalibrationError.value),
        String(result.seeds.length),
        String(result.speakers),
        String(result.clips),
        result.parameters?.toLocaleString("en") ?? "",
        ...serving(servingCells(result)),
        result.minutes.toFixed(0),
      ]),
  );
  return note ? `${scores}\n\n${note}` : scores;
}

function ablationSection(name: string, results: readonly RunResult[]): string {
  const ranked = results.toSorted((a, b) => (b.validationRecall ?? 0) - (a.validationRecall ?? 0));
  const [best] = ranked;
  const rows = ranked.map((result) => [
    cell([result.name, ...(result.extraData ?? [])].join(" + ")),
    result.validationRecall === undefined ? "" : percent(result.validationRecall),
    withRange(result.unweightedAverageRecall),
    `${result.protocol}, ${result.seeds[0]!.foldRecalls.length} folds`,
    result === best
      ? "the best on validation"
      : cell(recipeDifference(best!.recipe, result.recipe).join("; ")) || "nothing",
  ]);
  return `## Ablation: ${cell(name)}\n\nWhat each setting is worth, best first. Recipes are chosen by the UAR on validation clips; the test column was not looked at for that.\n\n${table(
    ["run", "validation UAR", "test UAR", "protocol", "differs from the first by"],
    rows,
  )}`;
}
