import { access } from "node:fs/promises";
import { join } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { readExperiment } from "../../recipes/read-recipe.ts";
import { recipeName } from "../../recipes/recipe.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { LockOwner } from "../../shared/lock-owner.node.ts";
import type { RunProgress, TrainingOrder, TrainingState } from "../api.ts";
import type { Corpora } from "../corpora/corpora.ts";
import { parsed } from "../parsed.ts";
import { Refusal } from "../refusal.ts";
import type { RunStore } from "../runs/run-store.ts";
import { resumingWords } from "./command-words.ts";
import type { Trainings } from "./trainings.ts";

const orderSchema: z.ZodType<TrainingOrder> = z.strictObject({
  recipe: recipeName,
  corpora: z.array(z.string()).min(1).max(20),
  settings: z.array(z.string().regex(/^[A-Za-z][\w.]*=/)).max(200),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.+-]{0,99}$/, "letters, digits, dots, hyphens and plus signs"),
});

const largestBody = 65_536;

interface TrainingRoutesOptions {
  readonly trainings: Trainings;
  readonly runs: RunStore;
  readonly corpora: Corpora;
}

/** Starts, stops and resumes trainings, each in a process of its own. */
export function trainingRoutes({ trainings, runs, corpora }: TrainingRoutesOptions) {
  const stateOf = (id: string): TrainingState => trainings.stateOf(id)!;
  return new Hono()
    .post("/", async (context) => {
      const order = parsed(orderSchema, await jsonBody(context.req.raw));
      const { recipe, settings, name } = order;
      const runFolder = join(runs.folder, name);
      await assertNew(runFolder);
      await readExperiment(recipe, { settings });
      const paths = await Promise.all(order.corpora.map((id) => corpora.pathOf(id)));
      trainings.start(name, [
        "train",
        recipe,
        ...paths.flatMap((path) => ["--data", path]),
        ...settings.flatMap((setting) => ["--set", setting]),
        "--out",
        runFolder,
      ]);
      return context.json<TrainingState>(stateOf(name), 201);
    })
    .post("/:id/stop", async (context) => {
      const id = context.req.param("id");
      if (trainings.stateOf(id)) trainings.stop(id);
      else await stopElsewhere(id, await runs.owner(id));
      return context.json<RunProgress>(await runs.progress(id));
    })
    .post("/:id/resume", async (context) => {
      const id = context.req.param("id");
      const { command } = await runs.info(id);
      if ((await runs.progress(id)).status === "running") {
        throw new UndertoneError("busy", `${id} is being trained.`);
      }
      trainings.start(id, resumingWords(command, await runs.folderOf(id)));
      return context.json<TrainingState>(stateOf(id));
    });
}

/** Asks a training of another terminal to stop, as Ctrl-C does there. @throws Refusal `not-found` for one on another machine */
async function stopElsewhere(id: string, owner: LockOwner | undefined): Promise<void> {
  if (owner === undefined) {
    const message = `No process of this machine trains ${id}. Stop it where it runs.`;
    throw new Refusal("not-found", message);
  }
  process.kill(owner.pid, "SIGINT");
}

async function assertNew(runFolder: string): Promise<void> {
  const exists = await access(runFolder).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new UndertoneError("busy", `${runFolder} is there already. Choose another name.`);
}

/** @throws Refusal `body-invalid` for what is no JSON, or too long */
async function jsonBody(request: Request): Promise<unknown> {
  const isJson = /^application\/json\b/.test(request.headers.get("content-type") ?? "");
  // Browsers say how long a body is; without that it could be endless.
  const length = Number(request.headers.get("content-length") ?? Infinity);
  if (!isJson || length > largestBody) {
    throw new Refusal("body-invalid", `Send JSON of at most ${largestBody} bytes.`);
  }
  try {
    return await request.json();
  } catch {
    throw new Refusal("body-invalid", "The body is not JSON.");
  }
}
