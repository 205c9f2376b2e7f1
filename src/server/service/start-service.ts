import type { Server } from "node:http";
import { join, resolve } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { listen } from "../listen.ts";
import { serviceApp } from "./app.ts";
import type { Limits } from "./limits.ts";
import { loadServed, type ServedOptions } from "./load-served.ts";
import { createMetrics } from "./metrics.ts";
import type { ServedModel, Service } from "./service.ts";
import type { Tokens } from "./tokens.ts";
import { Uploads } from "./uploads/uploads.ts";
import { WorkerPool } from "./worker-pool.ts";

export interface ServiceOptions extends ServedOptions {
  readonly version: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly limits: Limits;
  readonly tokens: Tokens;
  /** Hosts from which recordings may be fetched. */
  readonly allowedHosts: readonly string[];
  /** Folder of what outlives the server: jobs, and uploads while they are taken. */
  readonly folder: string;
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
  const { limits, log } = options;
  const uploads = new Uploads(join(resolve(options.folder), "uploads"), limits);
  await uploads.clear();
  const { model, workers } = await loadServed(options);
  const pool = new WorkerPool({ ...limits, workers });
  const closing = new AbortController();
  const service: Service = {
    ...options,
    model,
    pool,
    metrics: createMetrics({ busyWorkers: () => pool.busy, waiting: () => pool.waiting }),
    uploads,
    closing: closing.signal,
  };
  const server = httpServer(service);
  try {
    const { host } = options;
    const port = await listen(server, options);
    const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
    log("info", "started", { model: model.name, transcriber: model.transcriber });
    return { url, model, close };
  } catch (error) {
    pool.stop();
    throw error;
  }

  async function close(): Promise<void> {
    closing.abort();
    await new Promise((done) => {
      server.close(done);
      server.closeIdleConnections();
    });
    pool.stop();
    log("info", "stopped");
  }
}

function httpServer(service: Service): Server {
  const { timeoutSec } = service.limits;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without options it is HTTP/1.1
  const server = createAdaptorServer({
    fetch: serviceApp(service).fetch,
    serverOptions: {
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      // Of the whole request; whether its body goes on is watched where it is read.
      requestTimeout: 3600_000,
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 10_000,
    },
  }) as Server;
  // Ends connections on which nothing moves for longer than any work takes, as of clients that do not read their answers.
  server.setTimeout((timeoutSec + 60) * 1000);
  server.maxConnections = 2000;
  return server;
}
