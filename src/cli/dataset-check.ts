import { defineCommand } from "citty";
import type { Finding } from "../datasets/check.ts";
import { noteLines } from "../datasets/omissions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { signalOf } from "./cancel.ts";
import { corpusArguments } from "./dataset-arguments.ts";
import { counted, printJson } from "./output.ts";
import { printable } from "./printable.ts";
import { createProgress } from "./progress.ts";
import { formatTable } from "./table.ts";

const shownOfAKind = 10;

/** `undertone dataset check`: what is wrong with a corpus. */
export const checkCommand = defineCommand({
  meta: {
    name: "check",
    description: "Find missing, damaged, silent, clipped and duplicate clips of a corpus",
    examples: ["undertone dataset check data/ravdess", "undertone dataset check calls.csv --json"],
  },
  args: corpusArguments,
  run: async ({ args, data }) => {
    const { holdsTexts } = await import("../datasets/text-manifest.ts");
    if (args.corpus === undefined && (await holdsTexts(args.data))) {
      const { printTextCheck } = await import("./dataset-text.ts");
      return printTextCheck(args.data, args.json);
    }
    const { checkClips } = await import("../datasets/check.ts");
    const { measureClips } = await import("../datasets/measure.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const corpus = await readCorpus(args.data, { corpus: args.corpus, keepDefects: true });
    const onProgress = createProgress(process.stderr);
    const measures = await measureClips(corpus, { onProgress, signal: signalOf({ data }) });
    const findings = checkClips(measures);
    const problems = findings.filter(({ severity }) => severity === "problem").length;
    const summary = {
      corpus: corpus.corpus,
      root: corpus.root,
      clips: corpus.clips.length,
      leftOut: corpus.leftOut,
      warnings: corpus.warnings,
      problems,
      notes: findings.length - problems,
      findings,
    };
    if (args.json) printJson(summary);
    else {
      for (const line of noteLines(corpus)) console.log(printable(line));
      printFindings(findings);
      const found = `${counted(corpus.clips.length, "clip")}, ${counted(problems, "problem")}`;
      console.log(`${printable(corpus.corpus)}: ${found}.`);
    }
    const lost = measures.filter((measure) => "error" in measure).length;
    if (lost > 0) {
      throw new UndertoneError(
        "some-failed",
        `${counted(lost, "clip")} cannot be read. Replace or delete what is named above.`,
      );
    }
  },
});

function printFindings(findings: readonly Finding[]): void {
  for (const kind of new Set(findings.map((finding) => finding.kind))) {
    const found = findings.filter((finding) => finding.kind === kind);
    console.log(`${kind} (${found[0]?.severity}): ${found.length}`);
    const rows = found.slice(0, shownOfAKind).map(({ clips, detail }) => [clips.join(" "), detail]);
    const lines = formatTable(["", ""], rows).split("\n").slice(1);
    for (const line of lines) console.log(`  ${line}`);
    const more = found.length - shownOfAKind;
    if (more > 0) console.log(`  and ${more} more; --json has them all`);
  }
}
