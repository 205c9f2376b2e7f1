/**
 * One label for each clip in a folder, as CSV:
 *
 *   npx tsx examples/batch.ts clips/ [model] > emotions.csv
 *
 * For long recordings and many of them: undertone analyze FOLDER --out results.jsonl
 */
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { loadRecognizer, UndertoneError } from "undertone";

const [folder, model] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Usage: batch.ts FOLDER [MODEL]");
  process.exit(2);
}

const names = (await readdir(folder)).filter((name) =>
  /^\.(wav|mp3|flac|m4a)$/.test(extname(name)),
);
const recognizer = await loadRecognizer({ model });
console.log("file,emotion,score");
for (const name of names.toSorted()) {
  try {
    const [clip] = await recognizer.classify([join(folder, name)], { topK: 1 });
    for (const { label, score } of clip ?? []) console.log(`${name},${label},${score}`);
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    console.error(error.message);
  }
}
await recognizer.close();
