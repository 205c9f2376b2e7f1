import { resolve } from "node:path";
import type { Estimate } from "../evaluation/bootstrap.ts";
import { haveSameClips, pairedDifferences } from "../evaluation/paired-differences.ts";
import { evaluateRun, type EvaluatedRun } from "../runs/evaluate-run.ts";
import type { RunInfo } from "../runs/run-folder.ts";
import { UndertoneError } from "../shared/errors.ts";
import { distinctNames } from "./distinct-names.ts";

/** A member of a combined run, evaluated. */
interface EvaluatedMember {
  readonly member: NonNullable<RunInfo["combined"]>["members"][number];
  /** That no other member has, nor the combination. */
  readonly name: string;
  readonly run: EvaluatedRun;
  /** UAR of the combination minus that of the member; absent where their test clips differ. */
  readonly gain?: Estimate;
}

/**
 * Returns the members of a combined run, evaluated from their run folders; a single model has none. A member whose
 * folder is gone is named in `warnings`.
 */
export async function readMembers({ runFolder, info, test }: EvaluatedRun): Promise<{
  readonly members: readonly EvaluatedMember[];
  readonly warnings: readonly string[];
}> {
  const members: EvaluatedMember[] = [];
  const warnings: string[] = [];
  const combined = info.combined?.members ?? [];
  const [, ...names] = distinctNames([{ name: info.name, runFolder }, ...combined]);
  for (const [index, member] of combined.entries()) {
    const name = names[index]!;
    try {
      const run = await evaluateRun(resolve(runFolder, member.runFolder));
      const gain = haveSameClips(test, run.test)
        ? pairedDifferences(test, run.test, info.labels.length).unweightedAverageRecall
        : undefined;
      members.push({ member, name, run, ...(gain && { gain }) });
    } catch (error) {
      if (!(error instanceof UndertoneError)) throw error;
      warnings.push(`The member ${name} is left out of this page: ${error.message}`);
    }
  }
  return { members, warnings };
}
