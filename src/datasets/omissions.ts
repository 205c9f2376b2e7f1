/** Why a file that Git LFS has not fetched is left out. */
export const lfsPointerReason = "Git LFS pointer, no sound; run git lfs pull";

/** Files, rows or texts of a corpus that its manifest leaves out for one reason. */
export interface LeftOut {
  readonly reason: string;
  readonly count: number;
  /** The first few of them: paths or ids. */
  readonly examples?: readonly string[];
}

const shownExamples = 3;

/** Counts what a corpus leaves out, by reason, in the order of the first of each. */
export class Omissions {
  readonly #names = new Map<string, string[]>();

  add(reason: string, name: string): void {
    const names = this.#names.get(reason);
    if (names) names.push(name);
    else this.#names.set(reason, [name]);
  }

  list(): LeftOut[] {
    return [...this.#names].map(([reason, names]) => ({
      reason,
      count: names.length,
      examples: names.slice(0, shownExamples),
    }));
  }
}

/** What a corpus does not leave out by design: files and rows that were probably meant to be clips. */
const unmeant: readonly string[] = [
  "name not of this corpus",
  "folders of another layout",
  "no label",
  "no speaker",
  lfsPointerReason,
];

/** Of all files or rows, the most that may be left out without a mistake being likely. */
const largestShare = 0.2;

/** Returns, as a sentence, that so much is left out that a mistake is likely; `undefined` where it is not. */
export function omissionProblem(clips: number, leftOut: readonly LeftOut[]): string | undefined {
  const lost = leftOut
    .filter(({ reason }) => unmeant.includes(reason.replace(/^[^:]+: /, "")))
    .reduce((sum, { count }) => sum + count, 0);
  if (lost <= largestShare * (clips + lost)) return undefined;
  return `${lost} of ${clips + lost} files or rows are left out, more than a fifth. Look at the reasons above.`;
}

/** What reading a corpus left out or could not know. */
export interface ReadingNotes {
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
  /** Words of the corpus that are read as another label: `Wut → angry`. */
  readonly renamed?: readonly string[];
}

/**
 * Returns a line for each warning, for the renamed labels and for each kind of omission of a corpus, for `train`, `dataset stats` and `dataset check`
 * alike: `Left out: 95 (no label): a.wav, b.wav, c.wav, …`.
 */
export function noteLines({ leftOut, warnings, renamed = [] }: ReadingNotes): string[] {
  const omitted = leftOut.map(({ reason, count, examples = [] }) => {
    const more = count > examples.length ? ", …" : "";
    const named = examples.length > 0 ? `: ${examples.join(", ")}${more}` : "";
    return `Left out: ${count} (${reason})${named}`;
  });
  const readAs = renamed.length > 0 ? [`Read as: ${renamed.join(", ")}.`] : [];
  return [...warnings.map((warning) => `Warning: ${warning}`), ...readAs, ...omitted];
}
