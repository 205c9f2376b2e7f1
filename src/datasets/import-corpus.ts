import { type Corpus, readCorpora, type ReadCorpusOptions } from "./read-corpus.ts";
import { assertNewTable, writeClipTable } from "./write-table.ts";

/**
 * Reads corpora in any layout that `readCorpus` knows and writes their clips as one new CSV or JSON Lines table, to look at, to
 * complete and to train on.
 * @throws UndertoneError `usage` when the table exists, and as `readCorpus`
 */
export async function importCorpus(
  roots: readonly string[],
  table: string,
  options: ReadCorpusOptions = {},
): Promise<Corpus> {
  await assertNewTable(table);
  const corpus = await readCorpora(roots, options);
  await writeClipTable(table, corpus.clips);
  return corpus;
}
