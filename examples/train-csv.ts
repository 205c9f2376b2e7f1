/**
 * Trains a small network on labeled clips in a CSV file (columns such as path, emotion, speaker) and uses it:
 *
 *   npx tsx examples/train-csv.ts clips.csv run/ [epochs]
 */
import { join } from "node:path";
import { loadRecognizer } from "undertone";
import { readCorpus, train } from "undertone/train";

const [table, out, epochs = "20"] = process.argv.slice(2);
if (table === undefined || out === undefined) {
  console.error("Usage: train-csv.ts CLIPS.csv RUN_FOLDER [EPOCHS]");
  process.exit(2);
}

const run = await train({
  recipe: "demo-audio",
  data: table,
  out,
  settings: [`training.epochs=${epochs}`],
  logger: { info: console.error, warn: console.error },
});
const { value, low, high } = run.scores.unweightedAverageRecall;
const interval =
  low === undefined ? "too few for an interval" : `${low.toFixed(3)} to ${high!.toFixed(3)}`;
console.log(`UAR on unseen speakers: ${value.toFixed(3)} (${interval})`);

const recognizer = await loadRecognizer({ model: join(out, "fold-1", "model.onnx") });
const [clip] = (await readCorpus(table)).clips;
console.log(clip!.path, await recognizer.classify([clip!.path], { topK: 1 }));
await recognizer.close();
