import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { apiError } from "./api-error.ts";
import type { StudioFacts } from "./api.ts";
import type { Corpora } from "./corpora/corpora.ts";
import { corpusRoutes } from "./corpora/routes.ts";
import { guard, type GuardOptions } from "./guard.ts";
import { secureHeaders } from "./headers.ts";
import { pageFiles, type PageFolders } from "./page-files.ts";
import { recipeRoutes } from "./recipe-routes.ts";
import { Refusal } from "./refusal.ts";
import { comparisonRoutes, runRoutes } from "./runs/routes.ts";
import type { RunStore } from "./runs/run-store.ts";
import { trainingRoutes } from "./trainings/routes.ts";
import type { Trainings } from "./trainings/trainings.ts";

export interface AppOptions extends GuardOptions {
  readonly version: string;
  readonly folders: PageFolders;
  readonly runs: RunStore;
  readonly trainings: Trainings;
  readonly corpora: Corpora;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** Returns the application: the page's files, and below `/api/` run folders, trainings, recipes and corpora. */
export function studioApp(options: AppOptions) {
  const { runs, corpora, closing } = options;
  const facts: StudioFacts = { version: options.version, runsFolder: runs.folder };
  return new Hono<{ Bindings: HttpBindings }>()
    .onError((error, context) => {
      const { status, body } = apiError(error);
      return context.json(body, status);
    })
    .use(secureHeaders)
    .use(guard(options))
    .use("/api/*", async (context, next) => {
      await next();
      context.res.headers.set("cache-control", "no-store");
    })
    .get("/api/studio", (context) => context.json<StudioFacts>(facts))
    .route("/api/runs", runRoutes(options))
    .route("/api/comparison", comparisonRoutes(runs))
    .route("/api/trainings", trainingRoutes(options))
    .route("/api/recipes", recipeRoutes())
    .route("/api/corpora", corpusRoutes(corpora, closing))
    .all("/api/*", () => {
      throw new Refusal("not-found", "The API has no such address.");
    })
    .route("/", pageFiles(options.folders));
}
