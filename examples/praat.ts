/**
 * What is said in a recording and how, as a TextGrid beside it that Praat opens:
 *
 *   npx tsx examples/praat.ts interview.wav [model]
 *
 * The first run downloads 66 MB of speech-to-text; without it the voice alone counts.
 */
import { writeFile } from "node:fs/promises";
import { loadRecognizer, toTextGrid } from "undertone";

const [path, model] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: praat.ts SOUND [MODEL]");
  process.exit(2);
}

const recognizer = await loadRecognizer({
  model,
  transcriber: true,
  onProgress: ({ label, done, total }) => process.stderr.write(`${label}: ${done} of ${total}\r`),
});
const analysis = await recognizer.analyze(path);
for (const warning of analysis.warnings) console.error(warning);
await writeFile(`${path}.TextGrid`, toTextGrid(analysis));
console.log(`${path}.TextGrid`);
await recognizer.close();
