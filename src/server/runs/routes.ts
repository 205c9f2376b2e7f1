import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { haveSameClips } from "../../evaluation/paired-differences.ts";
import { predictedLabel } from "../../evaluation/prediction.ts";
import { compareRuns } from "../../reports/compare-runs.ts";
import type { EvaluatedRun } from "../../runs/evaluate-run.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { Comparison, PredictedClip, RunDetails, RunProgress, RunRow } from "../api.ts";
import type { Corpora } from "../corpora/corpora.ts";
import { sendEvents } from "../events.ts";
import { followRun } from "./follow-run.ts";
import type { RunStore } from "./run-store.ts";

interface RunRoutesOptions {
  readonly runs: RunStore;
  readonly corpora: Corpora;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** Lists, shows, follows and compares runs. An id is part of the path, with its slashes encoded. */
export function runRoutes({ runs, corpora, closing }: RunRoutesOptions) {
  return new Hono<{ Bindings: HttpBindings }>()
    .get("/", async (context) => context.json<RunRow[]>(await runs.list()))
    .get("/:id", async (context) => {
      const id = context.req.param("id");
      const folder = await runs.folderOf(id);
      const info = await runs.info(id);
      return context.json<RunDetails>({
        id,
        folder,
        info,
        progress: await runs.progress(id),
        evaluation: await runs.evaluation(id),
      });
    })
    .get("/:id/progress", async (context) =>
      context.json<RunProgress>(await runs.progress(context.req.param("id"))),
    )
    .get("/:id/events", async (context) => {
      const id = context.req.param("id");
      await runs.folderOf(id); // refuses before the stream begins
      return sendEvents(context, closing, async (send, signal) => {
        for await (const progress of followRun(() => runs.progress(id), signal)) {
          await send("progress", progress);
        }
        await send("end", {});
      });
    })
    .get("/:id/clips", async (context) => {
      const run = await runs.predictions(context.req.param("id"));
      const { actual, predicted } = context.req.query();
      const cell = cellOf(run, { actual, predicted });
      const located = await corpora.locate(run.info);
      return context.json<PredictedClip[]>(
        cell.map((clip) => {
          const sound = located.get(clip.id);
          return { ...clip, ...(sound && { sound }) };
        }),
      );
    });
}

/** Compares runs: `?run=ID&run=ID`, each with the first. */
export function comparisonRoutes(runs: RunStore) {
  return new Hono().get("/", async (context) => {
    const ids = context.req.queries("run") ?? [];
    if (ids.length < 2) throw new UndertoneError("usage", "Select two runs or more to compare.");
    const evaluated: EvaluatedRun[] = [];
    for (const id of ids) evaluated.push(await runs.evaluate(id));
    assertSameTest(evaluated);
    return context.json<Comparison>(compareRuns(evaluated));
  });
}

const testOf = ({ info }: EvaluatedRun): string =>
  JSON.stringify([info.corpus, info.protocol, info.labels]);

const nameOf = ({ info }: EvaluatedRun): string =>
  `${info.name} (${info.corpus}, ${info.protocol})`;

/** @throws UndertoneError `run-invalid` for runs whose scores do not compare */
function assertSameTest([first, ...others]: readonly EvaluatedRun[]): void {
  const other = others.find(
    (run) => testOf(run) !== testOf(first!) || !haveSameClips(first!.test, run.test),
  );
  if (other === undefined) return;
  throw new UndertoneError(
    "run-invalid",
    `${nameOf(first!)} and ${nameOf(other)} were tested on different clips or labels, so their scores do not compare. ` +
      "Select runs of one corpus and protocol whose folds have all finished.",
  );
}

function cellOf(
  { info: { labels }, folds }: Pick<EvaluatedRun, "info" | "folds">,
  cell: { readonly actual: string | undefined; readonly predicted: string | undefined },
): Omit<PredictedClip, "sound">[] {
  return folds
    .flatMap(({ fold, test }) =>
      test.map(({ id, speakerId, actual, probabilities }) => {
        const predicted = predictedLabel(probabilities);
        return {
          id,
          speakerId,
          fold,
          actual: labels[actual]!,
          predicted: labels[predicted]!,
          confidence: probabilities[predicted]!,
        };
      }),
    )
    .filter(
      ({ actual, predicted }) =>
        (cell.actual === undefined || cell.actual === actual) &&
        (cell.predicted === undefined || cell.predicted === predicted),
    )
    .toSorted((a, b) => b.confidence - a.confidence);
}
