import { z } from "zod";
import { metrics, type MetricKey } from "../../evaluation/metrics.ts";

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();

const estimateSchema = z.strictObject({
  value: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
});

const metricKeys: readonly MetricKey[] = metrics.map(({ key }) => key);

/** What became of an idea: the results page shows what is kept. */
const verdicts = ["kept", "tied", "lost", "superseded"] as const;

/** One line of `results-log.jsonl`: a recipe on a corpus, its runs of several seeds pooled. */
export const logEntrySchema = z.strictObject({
  date: z.iso.date(),
  /** Of the repository that wrote the line. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/)
    .optional(),
  recipe: z.string().min(1),
  /** The recipe's name when it was run. */
  formerName: z.string().optional(),
  /** Of its model, such as `audio-cnn`. */
  kind: z.string(),
  /** How the recipe differs from the one that it is named after, or from its `base`. */
  difference: z.array(z.string()).optional(),
  base: z.string().optional(),
  corpus: z.string(),
  /** Auxiliary corpora of the training split. */
  extraData: z.array(z.string()).optional(),
  /** Of a finished model that was tested on another corpus: its training corpora. */
  trainedOn: z.array(z.string()).optional(),
  protocol: z.string().min(1),
  seeds: z.array(z.int()).min(1),
  folds: count,
  speakers: count,
  clips: count,
  classes: count,
  /** Unweighted average recall on the pooled validation clips. */
  validation: share.optional(),
  test: z.partialRecord(z.enum(metricKeys), estimateSchema),
  /** UAR with two neutral clips of each test speaker for adaptation, and without them on the same clips. */
  enrolled: z.strictObject({ with: estimateSchema, without: share }).optional(),
  /** UAR with simulated transcription errors, by the name of the test. */
  robustness: z.record(z.string(), share).optional(),
  /** Mean weight of the text in a gated fusion. */
  textWeight: share.optional(),
  parameters: count.optional(),
  /** Of all files of the model, its encoders included. */
  sizeBytes: count.optional(),
  /** From the samples of a clip of three seconds to its probabilities, on one thread of `machine`. */
  clipMs: z.number().nonnegative().optional(),
  machine: z.string().optional(),
  /** Training of all folds with one seed. */
  minutes: z.number().nonnegative().optional(),
  verdict: z.enum(verdicts).default("kept"),
  /** Why, in a sentence. */
  reason: z.string().optional(),
});

/** @see logEntrySchema */
export type LogEntry = z.infer<typeof logEntrySchema>;

/** Returns what later lines replace: one recipe on one training set and one test set. */
export function keyOf({ recipe, corpus, extraData, trainedOn, protocol }: LogEntry): string {
  return JSON.stringify([recipe, corpus, extraData ?? [], trainedOn ?? [], protocol]);
}
