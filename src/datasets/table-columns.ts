import { dimensionNames } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { SplitName } from "./manifest.ts";
import { parseSplit } from "./split-words.ts";
import { type TableRow, tableError } from "./table.ts";

const roles = [
  "path",
  "label",
  "corpus",
  "speaker",
  "sex",
  "transcript",
  "split",
  "start",
  "end",
  ...dimensionNames,
] as const;

/** What a column can hold. */
export type ColumnRole = (typeof roles)[number];

/** The usual names of columns, compared without case, spaces, `_`, `-` and `.`; earlier ones win. */
const usualNames: Readonly<Record<ColumnRole, string>> = {
  path: "path file filename filepath wav wavfile wavpath audio audiofile audiopath audiofilepath recording clip fname",
  label: "emotion label emo class target category sentiment emotionlabel emotionclass",
  corpus: "corpus database db",
  speaker:
    "speaker speakerid spk spkid actor actorid subject subjectid participant participantid person personid clientid",
  sex: "sex gender",
  transcript: "transcript transcription text sentence utterance words",
  split: "split set subset partition",
  start: "start startsec starttime begin onset",
  end: "end endsec endtime stop",
  arousal: "arousal activation emoact",
  valence: "valence pleasure pleasantness emoval",
  dominance: "dominance emodom",
};

/** Columns that are named outright; an empty name means that the table has none. */
export type NamedColumns = Readonly<Partial<Record<ColumnRole, string>>>;

/**
 * Parses `--columns path=file,label=emo,split=`.
 * @throws UndertoneError `usage` naming what can be set
 */
export function parseColumns(text: string): NamedColumns {
  const pairs = text.split(",").map((pair) => {
    const [role = "", ...name] = pair.split("=");
    const wanted = role.trim() === "emotion" ? "label" : role.trim();
    const known = roles.find((each) => each === wanted);
    if (known === undefined || name.length === 0) {
      throw new UndertoneError(
        "usage",
        `--columns ${text}: "${pair}" is not a role and a column, such as path=file. Roles: ${roles.join(", ")}.`,
      );
    }
    return [known, name.join("=").trim()] as const;
  });
  return Object.fromEntries(pairs);
}

/** The columns of one table by what they hold. */
export class TableColumns {
  readonly #path: string;
  readonly #header: readonly string[];
  readonly #columns = new Map<ColumnRole, string>();
  readonly #hasNoSplit: boolean;
  /** Columns that could have been meant as well, in sentences. */
  readonly warnings: readonly string[];

  /** @throws UndertoneError `dataset-invalid` for a named column that the table does not have */
  constructor(path: string, header: readonly string[], named: NamedColumns = {}) {
    this.#path = path;
    this.#header = header;
    this.#hasNoSplit = named.split === "";
    const warnings: string[] = [];
    for (const role of roles) {
      const name = named[role];
      const fitting = name === undefined ? this.#usual(role) : [this.#named(role, name)];
      const [column, ...others] = fitting;
      if (!column) continue;
      this.#columns.set(role, column);
      if (others.length === 0) continue;
      const ignored = others.map((other) => `"${other}"`).join(", ");
      warnings.push(
        `${role} is read from the column "${column}", not from ${ignored}. --columns ${role}=NAME chooses another.`,
      );
    }
    this.warnings = warnings;
  }

  has(role: ColumnRole): boolean {
    return this.#columns.has(role);
  }

  /** Whether some column holds ratings of a dimension. */
  get hasDimensions(): boolean {
    return dimensionNames.some((name) => this.has(name));
  }

  /** The name of a role's column, as the table spells it. */
  nameOf(role: ColumnRole): string {
    return this.#columns.get(role) ?? role;
  }

  /** @throws UndertoneError `dataset-invalid` where no column has the role */
  require(...needed: readonly ColumnRole[]): void {
    for (const role of needed) {
      if (this.has(role)) continue;
      const names = usualNames[role].split(" ").slice(0, 5).join(", ");
      throw new UndertoneError(
        "dataset-invalid",
        `${this.#path}: no column names the ${role} (${names}, …). Its columns are ${this.#header.join(", ")}. ` +
          `Choose one with --columns ${role}=NAME, or add a header.`,
      );
    }
  }

  /**
   * Returns the trimmed text of a cell; "" where there is none.
   * @throws UndertoneError `dataset-invalid` for a value that is neither text nor a number
   */
  cell(row: TableRow, role: ColumnRole): string {
    const column = this.#columns.get(role);
    const value = column === undefined ? "" : (row.values[column] ?? "");
    if (typeof value === "string") return value.trim();
    if (typeof value === "number") return String(value);
    const problem = `column "${column}" is not text, or two columns have this name.`;
    throw tableError(this.#path, row.line, problem);
  }

  /**
   * Returns the split that a row names, `undefined` for an empty cell.
   * @throws UndertoneError `dataset-invalid` for a word that names none
   */
  splitOf(row: TableRow): SplitName | undefined {
    const word = this.cell(row, "split");
    const split = parseSplit(word);
    if (split !== undefined || word === "") return split;
    const column = this.nameOf("split");
    const problem = `column "${column}" has "${word}", which is none of train, validation, test.`;
    const remedy = "Correct it, or ignore the column with --columns split=.";
    throw tableError(this.#path, row.line, `${problem} ${remedy}`);
  }

  /** Returns a warning where the table has no column `split`, but another one with words of splits in every row. */
  splitWarnings(rows: readonly TableRow[]): string[] {
    if (this.has("split") || this.#hasNoSplit || rows.length === 0) return [];
    const used = new Set(this.#columns.values());
    const column = this.#header.find(
      (each) => !used.has(each) && rows.every(({ values }) => isSplitWord(values[each])),
    );
    if (column === undefined) return [];
    return [
      `The column "${column}" names splits but is not read. Rename it to split, or give --columns split=${column}.`,
    ];
  }

  #usual(role: ColumnRole): string[] {
    const byKey = new Map(this.#header.map((column) => [keyOf(column), column]));
    return usualNames[role].split(" ").flatMap((name) => byKey.get(name) ?? []);
  }

  #named(role: ColumnRole, name: string): string {
    if (name === "" || this.#header.includes(name)) return name;
    throw new UndertoneError(
      "dataset-invalid",
      `${this.#path}: has no column "${name}" for ${role}. Its columns are ${this.#header.join(", ")}.`,
    );
  }
}

const keyOf = (column: string): string => column.toLowerCase().replace(/[\s_.-]/g, "");

const isSplitWord = (value: unknown): boolean =>
  typeof value === "string" && parseSplit(value.trim()) !== undefined;
