import { join, resolve } from "node:path";
import { openQueue } from "../../jobs/job-queue.ts";
import { privateMode } from "../../shared/files.node.ts";
import { acquireLock } from "../../shared/lock.node.ts";
import { listen } from "../listen.ts";
import { inferenceRoutes } from "../inference/routes.ts";
import { streamRoutes } from "../live/routes.ts";
import { serviceApp } from "./app.ts";
import { httpServer } from "./http-server.ts";
import { JobRunner } from "./jobs/job-runner.ts";
import { RecordingQueue } from "./jobs/recording-queue.ts";
import { JobStore } from "./jobs/job-store.ts";
import { jobRoutes } from "./jobs/routes.ts";
import type { Limits } from "./limits.ts";
import { loadServed, type ServedOptions } from "./load-served.ts";
import { addGauge, createMetrics } from "./metrics.ts";
import { AllowedHosts } from "./remote/allowed-hosts.ts";
import type { ServedModel, Service } from "./service.ts";
import type { Tokens } from "./tokens.ts";
import { Uploads } from "./uploads/uploads.ts";
import { WorkerPool, type Worker } from "./worker-pool.ts";
import { makeFolders } from "../../shared/make-folders.node.ts";

export interface ServiceOptions extends ServedOptions {
  readonly version: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly limits: Limits;
  readonly tokens: Tokens;
  /** Hosts that the server may call: see `AllowedHosts`. */
  readonly allowedHosts: readonly string[];
  /** Folder of what outlives the server: jobs, and uploads while they are taken. */
  readonly folder: string;
  /** URL of the queue whose workers do the jobs; by default the server's own do. */
  readonly queue?: string | undefined;
  /** Wait before a recording of a job that failed by chance is tried again; 1000 by default. */
  readonly retryDelayMs?: number | undefined;
}

export interface RunningService {
  readonly url: string;
  readonly model: ServedModel;
  /** Takes no more requests, finishes those that run, and ends the workers. */
  readonly close: () => Promise<void>;
}

/**
 * Loads the models, and starts the server of `undertone serve`.
 * @throws UndertoneError `usage` where it cannot have the port or host, and what opening the queue and loading the models throw
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const folder = resolve(options.folder);
  await makeFolders(folder, privateMode.folder);
  const release = await acquireLock(join(folder, "lock"));
  try {
    // A wrong address is told before the models are loaded.
    if (options.queue !== undefined) await (await openQueue(options.queue)).close();
    const loaded = await loadServed(options);
    const running = await serveWith(loaded, { ...options, folder });
    const close = async (): Promise<void> => {
      await running.close();
      await release();
    };
    return { ...running, close };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Starts the server with workers that have their models; on failure ends them. */
export async function serveWith(
  { model, workers }: { readonly model: ServedModel; readonly workers: readonly Worker[] },
  options: Omit<ServiceOptions, keyof ServedOptions> & Pick<ServiceOptions, "limits" | "log">,
): Promise<RunningService> {
  const { folder, limits, log, host, retryDelayMs, queue: queueUrl } = options;
  const trash = join(folder, "uploads");
  const store = await JobStore.open(join(folder, "jobs"), { trash, log });
  const uploads = new Uploads(trash, limits, () => store.bytes);
  await uploads.clear();
  const pool = new WorkerPool({ ...limits, workers });
  const closing = new AbortController();
  const metrics = createMetrics(pool);
  addGauge(metrics.registry, "undertone_jobs", {
    help: "Jobs that are kept, done or not",
    value: () => store.count,
  });
  const service: Service = {
    ...options,
    model,
    pool,
    metrics,
    uploads,
    closing: closing.signal,
  };
  const hosts = new AllowedHosts(options.allowedHosts);
  const exchange = { folder: join(folder, "queue"), order: model.order, closing: closing.signal };
  const queue =
    queueUrl === undefined ? undefined : new RecordingQueue({ url: queueUrl, log, ...exchange });
  const runner = new JobRunner(service, { store, hosts, queue, retryDelayMs });
  const server = httpServer(
    serviceApp(service, [
      jobRoutes(service, { store, runner, hosts }),
      streamRoutes(service),
      inferenceRoutes(service),
    ]),
    limits,
  );
  try {
    const port = await listen(server, options);
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    runner.start();
    log("info", "started", { model: model.name, transcriber: model.transcriber });
    return { url, model, close };
  } catch (error) {
    closing.abort();
    pool.stop();
    throw error;
  }

  async function close(): Promise<void> {
    closing.abort();
    const answered = new Promise((done) => {
      server.close(done);
    });
    // Those that are kept open for requests that will not come.
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    await Promise.all([answered, runner.closed()]);
    clearInterval(idle);
    pool.stop();
    log("info", "stopped");
  }
}
