/** Measures one subject in this process and prints its `Measured` as JSON: `tsx bench/speed/child.ts SUBJECT OPTIONS`. */
import { measureAnalysis, measureWords } from "./subjects/analysis.ts";
import { measureInference, measureTraining, measureTrainingBeside } from "./subjects/cnn.ts";
import {
  measureEncoderFeatures,
  measureEncoderFile,
  measureEncoderInference,
  measureEncoderTraining,
} from "./subjects/encoder.ts";
import { measureLive } from "./subjects/live.ts";
import { measureLogMel } from "./subjects/log-mel.ts";
import { measureMatMul } from "./subjects/mat-mul.ts";
import type { Measured } from "./measure.ts";
import { measureTextTraining } from "./subjects/text.ts";

/** Each takes its options as one object and gives a rate: something per second, more is better; or that and its parts. */
const subjects = {
  matMul: measureMatMul,
  training: measureTraining,
  trainingBeside: measureTrainingBeside,
  inference: measureInference,
  textTraining: measureTextTraining,
  encoderTraining: measureEncoderTraining,
  encoderInference: measureEncoderInference,
  encoderFile: measureEncoderFile,
  encoderFeatures: measureEncoderFeatures,
  logMel: measureLogMel,
  analysis: measureAnalysis,
  words: measureWords,
  live: measureLive,
};

export type Subjects = typeof subjects;

const [subject, options] = process.argv.slice(2);
const measure = Object.entries(subjects).find(([name]) => name === subject)?.[1];
if (measure === undefined || options === undefined) {
  throw new RangeError(`child: subjects are ${Object.keys(subjects).join(", ")}`);
}
const given = await measure(JSON.parse(options));
const found = typeof given === "number" ? { rate: given } : given;
const peakMemoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ ...found, peakMemoryMb } satisfies Measured));
