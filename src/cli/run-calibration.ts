import { resolve } from "node:path";
import { calibrateModel } from "../runs/calibrate-model.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import type { CalibrateOptions } from "./calibrate.ts";
import { cancellableTest } from "./cancellable-test.ts";
import { featureCacheFolder } from "./folders.ts";
import { printJson } from "./output.ts";
import { assertNewFile, formatOfFile } from "./out-file.ts";
import { createProgress } from "./progress.ts";

/** Calibrates a model as the options of `undertone calibrate` say. */
export async function runCalibration(
  model: string,
  { data, out, json, threads, ...corpusOptions }: CalibrateOptions,
): Promise<void> {
  const file = resolve(out);
  formatOfFile(out, { ".onnx": "onnx" });
  await assertNewFile(file);
  const progress = createProgress(process.stderr);
  const { bytes, ...calibrated } = await cancellableTest(
    (options) =>
      calibrateModel({ model, data, corpusOptions, cacheFolder: featureCacheFolder() }, options),
    { progress, threads },
  );
  await writeFileAtomically(file, bytes);
  if (json) {
    printJson({ ...calibrated, out });
    return;
  }
  const { temperature, corpora, clips, ordinary } = calibrated;
  const { adapted, unknown } = ordinary!.bias;
  console.log(`${out}: calibrated on ${clips} clips of ${corpora.join(", ")}.`);
  console.log(
    `Temperature ${temperature.toFixed(2)}; bias of neutral speech ${adapted.toFixed(2)}, ` +
      `of unknown voices ${unknown.toFixed(2)}.`,
  );
}
