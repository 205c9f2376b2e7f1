import { negativeLogLikelihood } from "../../evaluation/calibration.ts";
import type { FitData } from "../../models/definition.ts";
import type { Example } from "../../models/example.ts";
import { fitProbe, linearProbe, probeCs } from "../../models/linear-probe.ts";
import type { FittedProbe } from "../../models/linear/fit-probe.ts";
import { throwIfCancelled } from "../../shared/errors.ts";
import { classWeights, labelCounts } from "../../training/class-weights.ts";
import { longestSec, type TeachTools } from "./clip-examples.ts";
import { exportTaught, type Trained } from "./export-taught.ts";
import { scoreHeldOut } from "./score.ts";
import { taughtEncoders, taughtLabels, type TeachJob } from "./taught-clip.ts";
import type { TaughtModel } from "./taught-model.ts";
import type { TeachHooks } from "./teach-event.ts";
import { planValidation, type ValidationPlan } from "./validation-plan.ts";

/** Of fewer, plain loops in double precision are as fast as opening sessions of ONNX Runtime. */
const manyClips = 100;

/** How long messages wait, such as the one that cancels. */
const mostMs = 50;

type Predictions = readonly (readonly number[])[];

/** Where nothing can be held out to choose it. */
const usualC = probeCs[1]!;

/**
 * Trains a linear probe on examples in the order of a job's clips. Every C is tried in every fold; the model of all clips
 * has the C with the least loss on held-out clips, and the held-out predictions of each fold are of the C with the least
 * loss in the other folds. Finished fits are kept, and are not repeated.
 * @throws UndertoneError `cancelled`, `disk-full`
 */
export async function trainProbe(
  { job, examples }: { readonly job: TeachJob; readonly examples: readonly Example[] },
  tools: Pick<TeachTools, "runtime" | "store">,
  hooks: TeachHooks,
): Promise<TaughtModel> {
  const plan = planValidation(job.clips);
  const fits = new Fits({ job, examples, plan }, tools, hooks);
  const { foldCount } = plan;
  const byC = new Map<number, Predictions>();
  for (const c of foldCount > 1 ? probeCs : []) byC.set(c, await fits.heldOut(c));
  const lossOf = (c: number, isCounted: (fold: number) => boolean): number =>
    negativeLogLikelihood(
      examples.flatMap(({ label }, clip) =>
        isCounted(plan.folds[clip]!) ? [{ actual: label, probabilities: byC.get(c)![clip]! }] : [],
      ),
    );
  const bestC = (isCounted: (fold: number) => boolean): number =>
    [...byC.keys()].toSorted((a, b) => lossOf(a, isCounted) - lossOf(b, isCounted))[0] ?? usualC;
  const foldCs = Array.from({ length: foldCount }, (_, fold) => bestC((other) => other !== fold));
  const heldOut = examples.map((_, clip) => byC.get(foldCs[plan.folds[clip]!]!)?.[clip] ?? null);
  const c = bestC(() => true);
  const fitted = await fits.all(c);
  const labels = taughtLabels(job.clips);
  const classes = labels.length;
  const scored = scoreHeldOut(
    heldOut,
    examples.map(({ label }) => label),
    { plan, classes },
  );
  const trained: Trained = {
    architecture: linearProbe.architecture!(fits.options, { classes }),
    speechEncoders: linearProbe.encoders!(fits.options),
    weights: fitted.weights,
    recipe: { name: job.name, model: fits.recipe, training: { classWeights: 1 } },
    facts: { c },
    heldOut,
    predicted: fitted.predict(examples),
    ...scored,
  };
  return exportTaught(job, trained, plan);
}

interface FitSource {
  readonly job: TeachJob;
  readonly examples: readonly Example[];
  readonly plan: ValidationPlan;
}

/** The fits of a training, in their order. */
class Fits {
  readonly recipe: object;
  readonly options: ReturnType<typeof linearProbe.schema.parse>;
  readonly #source: FitSource;
  readonly #tools: Pick<TeachTools, "runtime" | "store">;
  readonly #hooks: TeachHooks;
  readonly #total: number;
  #done = 0;
  /** When messages are let in next. */
  #pauseMs = 0;

  constructor(source: FitSource, tools: Pick<TeachTools, "runtime" | "store">, hooks: TeachHooks) {
    const { encoder } = source.job;
    const encoders = [{ name: encoder, layers: [...taughtEncoders[encoder]] }];
    this.recipe = { kind: "linear-probe", encoders, longestSec };
    this.options = linearProbe.schema.parse(this.recipe);
    this.#source = source;
    this.#tools = tools;
    this.#hooks = hooks;
    const { foldCount } = source.plan;
    this.#total = 1 + (foldCount > 1 ? foldCount * probeCs.length : 0);
  }

  /** Returns the predictions [classes] of each clip by the model of the other folds. */
  async heldOut(c: number): Promise<Predictions> {
    const { examples, plan } = this.#source;
    const predictions: (readonly number[])[] = [];
    for (let fold = 0; fold < plan.foldCount; fold++) {
      const isHeldOut = (_: Example, clip: number): boolean => plan.folds[clip] === fold;
      const rows = await this.#once(`${c} ${fold}`, async () => {
        const train = examples.filter((example, clip) => !isHeldOut(example, clip));
        return (await this.#fit(train, c)).predict(examples.filter(isHeldOut));
      });
      let row = 0;
      for (const clip of examples.keys()) {
        if (plan.folds[clip] === fold) predictions[clip] = rows[row++]!;
      }
    }
    return predictions;
  }

  /** Fits the model of all clips. */
  async all(c: number): Promise<FittedProbe> {
    return this.#fit(this.#source.examples, c);
  }

  async #once(key: string, compute: () => Promise<Predictions>): Promise<Predictions> {
    const { store } = this.#tools;
    const kept = await store.get("progress", key);
    if (kept && !(kept instanceof Uint8Array)) {
      this.#done++;
      return kept;
    }
    const computed = await compute();
    await store.put("progress", key, computed);
    return computed;
  }

  async #fit(train: readonly Example[], c: number): Promise<FittedProbe> {
    const { onEvent, signal } = this.#hooks;
    const classes = taughtLabels(this.#source.job.clips).length;
    const weights = classWeights(labelCounts(train, classes), 1);
    const data: FitData = {
      train,
      weights: train.map(({ label }) => weights[label]!),
      validation: [],
      classes,
      ...(train.length >= manyClips && { runtime: this.#tools.runtime }),
      onIteration: async ({ iteration, loss }) => {
        throwIfCancelled(signal);
        onEvent({ stage: "fit", done: this.#done, total: this.#total, iteration, loss });
        if (performance.now() < this.#pauseMs) return;
        await nextTask();
        this.#pauseMs = performance.now() + mostMs;
      },
    };
    const fitted = await fitProbe(this.options, data, [c]);
    this.#done++;
    return fitted;
  }
}

const nextTask = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve));
