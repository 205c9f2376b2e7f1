/**
 * Emotion over time of one recording, from a program of your own:
 *
 *   npx tsx examples/analyze-file.ts interview.mp3 [model.onnx]
 */
import { loadRecognizer, UndertoneError } from "undertone";

const [path, model] = process.argv.slice(2);
if (path === undefined) throw new Error("Which recording? Give its path.");

const recognizer = await loadRecognizer({ model });
try {
  const { segments, durationSec, speechSec } = await recognizer.analyze(path);
  console.log(`${durationSec} s, of which ${speechSec} s speech`);
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
