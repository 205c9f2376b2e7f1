/**
 * Emotion over time in a sound file:
 *
 *   npx tsx examples/file.ts interview.mp3 [model]
 */
import { loadRecognizer, UndertoneError } from "undertone";

const [path, model] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: file.ts SOUND [MODEL]");
  process.exit(2);
}

const recognizer = await loadRecognizer({ model });
try {
  const { segments, summary, durationSec, warnings } = await recognizer.analyze(path);
  for (const warning of warnings) console.error(warning);
  console.log(`${durationSec} s, of which ${summary.speechSec} s speech`);
  for (const { startSec, endSec, emotion, confidence } of segments) {
    const what = emotion === null ? "no speech" : `${emotion} (${confidence})`;
    console.log(`${startSec} to ${endSec} s: ${what}`);
  }
} catch (error) {
  if (!(error instanceof UndertoneError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
} finally {
  await recognizer.close();
}
