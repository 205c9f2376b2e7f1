/**
 * What is said in a recording and how, and where voice and words disagree; for Praat in a TextGrid beside it:
 *
 *   npx tsx examples/voice-and-words.ts interview.mp3
 *
 * The first run downloads 66 MB of speech-to-text.
 */
import { writeFile } from "node:fs/promises";
import { loadRecognizer, toTextGrid } from "undertone";

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("Which recording? Give its path.");

const recognizer = await loadRecognizer({
  speech: true,
  onProgress: ({ label, done, total }) => process.stderr.write(`${label}: ${done} of ${total}\r`),
});
try {
  const analysis = await recognizer.analyze(path);
  for (const warning of analysis.warnings) console.error(warning);
  for (const { startSec, text, emotion, voice, words, disagree } of analysis.segments) {
    if (emotion === null) continue;
    const channels = disagree ? `${voice?.emotion} voice, ${words?.emotion} words` : emotion;
    console.log(`${startSec} s, ${channels}: ${text}`);
  }
  await writeFile(`${path}.TextGrid`, toTextGrid(analysis));
} finally {
  await recognizer.close();
}
