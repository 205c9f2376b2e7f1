/**
 * An encoder imported from its file beside the file itself, and a training step of all its weights:
 * `npx tsx bench/encoder-import.ts [--clip SEC] [--batch N] [--threads N]`, after `models pull moonshine-tiny-float`.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { modelFiles } from "../src/downloads/model-files.ts";
import { emitModel } from "../src/graph/emit.ts";
import { gradients } from "../src/graph/gradients.ts";
import { importGraph } from "../src/graph/import/import-graph.ts";
import { parseOnnx } from "../src/graph/import/onnx-file.ts";
import { multiply } from "../src/graph/operators/arithmetic.ts";
import { reduceMean } from "../src/graph/operators/reduce.ts";
import { nodeRuntime } from "../src/graph/runtime.node.ts";
import { Session, type Feeds } from "../src/graph/session.ts";
import { input, parameter, type Tensor } from "../src/graph/tensor.ts";
import { Random } from "../src/shared/random.ts";

const { values } = parseArgs({
  options: {
    clip: { type: "string", default: "3" },
    batch: { type: "string", default: "8" },
    threads: { type: "string", default: "2" },
  },
});
const [clipSec, batch, threads] = [values.clip, values.batch, values.threads].map(Number);
const samples = Math.round(clipSec! * 16_000);
const { encoder } = await modelFiles("moonshine-tiny-float", { offline: true });
const bytes = await readFile(encoder);
const file = parseOnnx(bytes);

function noise(clips: number): Feeds {
  const random = new Random("noise");
  const data = Float32Array.from({ length: clips * samples }, () => 0.1 * random.normal());
  return { input_values: { data, shape: [clips, samples] } };
}

/** The fastest of ten runs, in a session of its own. Other work on the machine slows wall time most. */
async function timed(
  model: Uint8Array,
  feeds: Feeds,
  purpose: "inference" | "training",
): Promise<string> {
  const session = await Session.open(nodeRuntime, model, { threads: threads!, purpose });
  let [wall, processor] = [Infinity, Infinity];
  for (let run = 0; run < 10; run++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await session.run(feeds);
    wall = Math.min(wall, performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    processor = Math.min(processor, (user + system) / 1000);
  }
  await session.close();
  const clips = feeds["input_values"]!.shape[0]!;
  const each = (ms: number): string => (ms / clips).toFixed(1);
  return `${each(wall)} ms a clip, ${each(processor)} ms of processor time`;
}

const outputs = ["last_hidden_state"];
const alone = importGraph(file, {
  inputs: { input_values: input("input_values", [1, samples]) },
  outputs,
});
const lines = [
  `the file, one clip: ${await timed(bytes, noise(1), "inference")}`,
  `imported, one clip: ${await timed(emitModel({ outputs: alone }), noise(1), "inference")}`,
];

const weights: { readonly name: string; readonly tensor: Tensor; readonly data: Float32Array }[] =
  [];
const { last_hidden_state: last } = importGraph(file, {
  inputs: { input_values: input("input_values", [batch!, samples]) },
  outputs,
  weight: (name, { shape, values: data }) => {
    if (name.startsWith("/")) return undefined;
    const tensor = parameter(name, shape);
    weights.push({ name, tensor, data });
    return tensor;
  },
});
const loss = reduceMean(multiply(last!, last!), { axes: [0, 1, 2] });
const byWeight = gradients(
  loss,
  weights.map(({ tensor }) => tensor),
);
const step = emitModel({
  outputs: {
    loss,
    ...Object.fromEntries(byWeight.map((gradient, at) => [`by ${weights[at]!.name}`, gradient])),
  },
});
const fed = weights.map(({ name, tensor, data }) => [name, { data, shape: tensor.shape }]);
const stepFeeds: Feeds = { ...noise(batch!), ...Object.fromEntries(fed) };
lines.push(`a step on ${batch} clips: ${await timed(step, stepFeeds, "training")}`);
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(
  `${clipSec} s, ${threads} threads\n${lines.join("\n")}\npeak memory: ${peakMb} MB\n`,
);
