/** What an attack came to: as it should be, told to the user, or neither. */
export type Verdict = "right" | "told" | "failed";

/** Counts the verdicts of attacks of one kind. */
export class Tally {
  readonly name: string;
  right = 0;
  told = 0;
  readonly failures: string[] = [];
  /** What was measured. */
  readonly notes: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get tried(): number {
    return this.right + this.told + this.failures.length;
  }

  note(measured: string): void {
    this.notes.push(measured);
  }

  /** @param what the attack, as it is named where it failed */
  count(verdict: Verdict, what: string): void {
    if (verdict === "failed") this.failures.push(what);
    else this[verdict]++;
  }
}

/** How many attacks there are of each kind, and what draws them. */
export interface TortureOptions {
  readonly seed: number;
  /** 1 is the whole, which takes minutes. */
  readonly size: number;
}

/** Returns the table of what was tried. */
export function tableOf(tallies: readonly Tally[]): string {
  const rows = [
    ["", "tried", "right", "told", "failed"],
    ...tallies.map(({ name, tried, right, told, failures }) => [
      name,
      ...[tried, right, told, failures.length].map(String),
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name!.length));
  const lines = rows.map(([name, ...numbers]) =>
    [name!.padEnd(width), ...numbers.map((each) => each.padStart(7))].join(""),
  );
  const failures = tallies.flatMap(({ name, failures: all }) =>
    all.map((failure) => `${name}: ${failure}`),
  );
  const notes = tallies.flatMap(({ name, notes: all }) => all.map((note) => `${name}: ${note}`));
  return [...lines, "", ...notes, "", ...failures, ""].join("\n");
}
