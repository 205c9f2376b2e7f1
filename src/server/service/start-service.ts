import { mkdir, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { join, resolve } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { openEngine } from "../../recognition/open-engine.node.ts";
import { readModelCard } from "../../models/model-card.ts";
import { modelNameOf } from "../../recognition/file-result.node.ts";
import { findVoiceModel, inFile } from "../../recognition/voice-model.node.ts";
import { WorkerProcess, type WorkerOptions } from "../../recognition/worker-process.node.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { privateMode } from "../../shared/files.node.ts";
import type { ProgressListener } from "../../shared/logger.ts";
import { listen } from "../listen.ts";
import { serviceApp } from "./app.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import type { ServedModel, Service } from "./service.ts";
import type { Tokens } from "./tokens.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface ServiceOptions extends Omit<WorkerOptions, "model" | "recognition"> {
  readonly version: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Audio model: a file, or the name of one that comes with the package. */
  readonly model: string | undefined;
  /** Processes that analyze. */
  readonly workers: number;
  readonly limits: Limits;
  readonly tokens: Tokens;
  /** Folder of what outlives the server: jobs, and uploads while they are taken. */
  readonly folder: string;
  readonly log: Log;
  /** Told of the downloads. */
  readonly onProgress: ProgressListener;
  readonly signal: AbortSignal;
}

export interface RunningService {
  readonly url: string;
  readonly model: ServedModel;
  /** Takes no more requests, finishes those that run, and ends the workers. */
  readonly close: () => Promise<void>;
}

/**
 * Loads the models, and starts the server of `undertone serve`.
 * @throws UndertoneError `usage` where it cannot have the port or host, and what loading the models throws
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { limits, log, tokens, version } = options;
  const uploads = join(resolve(options.folder), "uploads");
  await rm(uploads, { recursive: true, force: true });
  await mkdir(uploads, { recursive: true, mode: privateMode.folder });
  const model = await loadModel(options);
  const workers = Array.from({ length: options.workers }, () => new WorkerProcess(model.worker));
  const pool = new WorkerPool({ workers, ...limits });
  const closing = new AbortController();
  const metrics = createMetrics({ busyWorkers: () => pool.busy, waiting: () => pool.waiting });
  const service: Service = {
    version,
    model,
    pool,
    limits,
    tokens,
    log,
    metrics,
    uploads,
    closing: closing.signal,
  };
  const app = serviceApp(service, []);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without options it is HTTP/1.1
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: 10_000,
      // Of the whole request; that a body goes on is watched where it is read.
      requestTimeout: 3600_000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 16_384,
    },
  }) as Server;
  // A client that does not read its answer, or sends nothing, though no work is done for it.
  server.setTimeout((limits.timeoutSec + 60) * 1000);
  server.maxConnections = 2000;
  try {
    await Promise.all(workers.map((worker) => worker.start()));
    const { host, port } = options;
    const actual = await listen(server, { host, port });
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
    log("info", "started", { model: model.name, transcriber: model.transcriber });
    return {
      url,
      model,
      close: async () => {
        closing.abort();
        await new Promise((done) => {
          server.close(done);
          server.closeIdleConnections();
        });
        pool.stop();
        log("info", "stopped");
      },
    };
  } catch (error) {
    pool.stop();
    throw error;
  }
}

/** Loads the models here once, so that they are downloaded once, and that what is wrong with them is told at once. */
async function loadModel(options: ServiceOptions): Promise<ServedModel> {
  const { textModel, transcriber, language, offline, onProgress, signal } = options;
  const told = { textModel, transcriber, language, offline };
  const voice = await findVoiceModel(options.model, { offline, onProgress, signal });
  const engine = await openEngine(voice, { ...told, onProgress, signal });
  await engine.close();
  for (const warning of engine.warnings) options.log("warn", "degraded", { warning });
  return {
    name: await inFile(voice.path, () => modelNameOf(voice, readModelCard(voice.bytes))),
    labels: engine.labels,
    transcriber: engine.transcriber,
    warnings: engine.warnings,
    startedAt: Date.now(),
    worker: {
      ...told,
      transcriber: engine.transcriber === null ? false : transcriber,
      model: voice.path,
      recognition: { maxDurationSec: options.limits.maxDurationSec },
    },
  };
}
