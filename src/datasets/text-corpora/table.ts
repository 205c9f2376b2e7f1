import { readTable, tableError } from "../table.ts";
import { type NamedColumns, TableColumns } from "../table-columns.ts";
import type { LabeledText } from "./text-corpus.ts";

/**
 * Reads the texts of a CSV or JSON Lines file with columns for transcript and label, and optionally speaker and split (in every
 * row or in none).
 * @throws UndertoneError `dataset-invalid` naming the line; `file-not-found`, `file-unreadable`
 */
export async function readTextTable(
  path: string,
  named: NamedColumns = {},
): Promise<{ readonly texts: LabeledText[]; readonly warnings: readonly string[] }> {
  const rows = await readTable(path);
  const header = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const columns = new TableColumns(path, header, named);
  if (rows.length > 0) columns.require("transcript", "label");
  const splits = rows.map((row) => columns.splitOf(row));
  const texts = rows.map((row, index): LabeledText => {
    const split = splits[index];
    if ((split === undefined) !== (splits[0] === undefined)) {
      const column = columns.nameOf("split");
      throw tableError(path, row.line, `column "${column}": give every row a split, or none.`);
    }
    const id = String(row.line);
    return {
      id,
      text: columns.cell(row, "transcript"),
      labels: [columns.cell(row, "label")],
      speakerId: columns.cell(row, "speaker") || id,
      ...(split && { split }),
    };
  });
  return { texts, warnings: [...columns.warnings, ...columns.splitWarnings(rows)] };
}
