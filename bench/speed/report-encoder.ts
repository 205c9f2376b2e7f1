import type { EncoderRow, EncoderSection } from "./compare/encoder.ts";
import { besidePyTorch, ratioLine } from "./report-peers.ts";
import { memory, number, table } from "./table.ts";

/** Returns the section on a pretrained encoder. */
export function encoderPart(section: EncoderSection): string {
  const { encoder, batchSize, clipSec, featureClipSec, rows, ratios } = section;
  const ofTask = (task: EncoderRow["task"]): EncoderRow[] =>
    rows.filter((row) => row.task === task);
  const beside = (task: EncoderRow["task"]): string =>
    clipsTable(besidePyTorch(ofTask(task))) + ratioLine(ratios, task);
  const alone = (task: EncoderRow["task"]): string =>
    clipsTable(ofTask(task).map((row) => ({ ...row, name: "Undertone" })));
  return `## A pretrained encoder

The encoder of Moonshine tiny (\`${encoder}\`, 7.7 million weights) in float32, clips per second.${sameness(section)}

### Fine-tuning

All weights of the imported encoder and a linear head over its mean in time, on batches of ${batchSize} clips of ${clipSec} s: forward, gradients, AdamW.

${beside("training")}

### Inference

One clip of ${clipSec} s at a time through the imported encoder, with its weights as constants.

${beside("inference")}

The same through the published file, which computes frozen features:

${alone("file")}

### Frozen features

From a WAV file of ${featureClipSec} s at 48 kHz to all layers of the published file: decoding, resampling, voice activity, level normalization, encoder.

${alone("features")}`;
}

function sameness({ agreement }: EncoderSection): string {
  if (agreement === null) return "";
  const { layers, loss, gradients } = agreement;
  return ` PyTorch runs the same network with
the same weights (\`bench/peers/moonshine.py\`): on one batch its layers differ from those of the published file in ONNX Runtime by ${small(layers)} of their size
at most (root mean square), its loss from Undertone's by ${small(loss)}, and the gradient by any weight by ${small(gradients)}.`;
}

const small = (share: number): string => share.toExponential(0);

function clipsTable(rows: readonly (EncoderRow & { readonly name: string })[]): string {
  return table(
    ["threads", "", "clips/s", "peak memory"],
    rows.map((row) => [String(row.threads), row.name, number(row.rate), memory(row)]),
  );
}
