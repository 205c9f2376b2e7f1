/**
 * Prints where a training step's time goes, by operator or node: `tsx bench/speed/profile.ts [cnn|encoder] [-- options]`.
 *
 *   --threads N  2 by default
 *   --steps N    steps that are averaged, after two that are not; 10 by default
 *   --nodes N    also print the N longest nodes with their shapes
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { InferenceSession } from "onnxruntime-common";
import { z } from "zod";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import type { OnnxRuntime } from "../../src/graph/session.ts";
import { cnnTraining } from "./subjects/cnn.ts";
import { encoderTraining } from "./subjects/encoder.ts";
import { openTraining } from "./subjects/training-loop.ts";
import { table } from "./table.ts";

const { values, positionals } = parseArgs({
  options: {
    threads: { type: "string", default: "2" },
    steps: { type: "string", default: "10" },
    nodes: { type: "string", default: "0" },
  },
  allowPositionals: true,
});
const subjects = { cnn: cnnTraining, encoder: encoderTraining };
const [name = "cnn"] = positionals;
const subject = Object.entries(subjects).find(([known]) => known === name)?.[1];
if (subject === undefined) throw new RangeError(`profile: subjects are cnn and encoder`);
const [threads, steps, longest] = [values.threads, values.steps, values.nodes].map(Number);
const warmUp = 2;

const event = z.object({
  cat: z.string(),
  name: z.string(),
  dur: z.number(),
  args: z
    .object({
      op_name: z.string().optional(),
      input_type_shape: z.unknown().optional(),
      output_type_shape: z.unknown().optional(),
    })
    .optional(),
});
type Event = z.infer<typeof event>;

/** ONNX Runtime whose sessions write what each node takes into a folder. */
async function profiled(folder: string, sessions: InferenceSession[]): Promise<OnnxRuntime> {
  const { InferenceSession: factory, Tensor } = await nodeRuntime();
  const create = async (model: Uint8Array, options: object): Promise<InferenceSession> => {
    const profileFilePrefix = join(folder, String(sessions.length));
    const profile = { enableProfiling: true, profileFilePrefix };
    const session = await factory.create(model, { ...options, ...profile });
    sessions.push(session);
    return session;
  };
  return { InferenceSession: Object.assign(Object.create(factory), { create }), Tensor };
}

/** Milliseconds of a step by key, the longest first. */
function sums(events: readonly Event[], keyOf: (event: Event) => string): [string, number][] {
  const total = new Map<string, number>();
  for (const one of events) {
    const key = keyOf(one);
    total.set(key, (total.get(key) ?? 0) + one.dur / 1000 / steps!);
  }
  return [...total].toSorted(([, a], [, b]) => b - a);
}

const print = (heading: string, rows: readonly (readonly [string, number])[]): void => {
  const cells = rows.map(([key, ms]) => [key, ms.toFixed(1)]);
  process.stdout.write(`${table([heading, "ms a step"], cells)}\n`);
};

const folder = await mkdtemp(join(tmpdir(), "undertone-profile-"));
try {
  const sessions: InferenceSession[] = [];
  const runtime = (): Promise<OnnxRuntime> => profiled(folder, sessions);
  const training = await openTraining(await subject(), { threads: threads!, runtime });
  for (let index = 0; index < warmUp; index++) await training.nextStep();
  const started = performance.now();
  for (let index = 0; index < steps!; index++) await training.nextStep();
  const stepMs = (performance.now() - started) / steps!;
  sessions.at(-1)!.endProfiling(); // Those before only asked for what the machine has.
  await training.close();
  const file = (await readdir(folder)).toSorted().at(-1);
  const all = z.array(event).parse(JSON.parse(await readFile(join(folder, file!), "utf8")));
  const runs = all
    .filter((one) => one.cat === "Session" && one.name === "model_run")
    .slice(-steps!);
  const nodes = all.filter((one) => one.cat === "Node" && one.name.endsWith("_kernel_time"));
  const perStep = nodes.length / (steps! + warmUp);
  const measured = nodes.slice(-perStep * steps!);
  const run = runs.reduce((sum, { dur }) => sum + dur / 1000 / steps!, 0);
  const byOperator = sums(measured, ({ args }) => args?.op_name ?? "");
  const inNodes = byOperator.reduce((sum, [, ms]) => sum + ms, 0);
  print("part", [
    ["step", stepMs],
    ["graph", run],
    ["nodes", inNodes],
    ["outside the graph", stepMs - run],
  ]);
  print("operator", byOperator);
  if (longest! > 0) {
    const shapes = ({ args }: Event): string =>
      JSON.stringify([args?.input_type_shape, args?.output_type_shape]).replaceAll('"', "");
    const key = (one: Event): string => `${one.name.replace("_kernel_time", "")} ${shapes(one)}`;
    print("node", sums(measured, key).slice(0, longest));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
