import { type Corpus, readCorpus, type ReadCorpusOptions } from "./read-corpus.ts";
import { assertNewTable, writeClipTable } from "./write-table.ts";

/**
 * Reads a corpus in any layout that `readCorpus` knows and writes its clips as a new CSV or JSON Lines table, to look at, to
 * complete and to train on.
 * @throws UndertoneError `usage` when the table exists, and as `readCorpus`
 */
export async function importCorpus(
  root: string,
  table: string,
  options: ReadCorpusOptions = {},
): Promise<Corpus> {
  await assertNewTable(table);
  const corpus = await readCorpus(root, options);
  await writeClipTable(table, corpus.clips);
  return corpus;
}
