import type * as bullmq from "bullmq";
import type { Queue, Worker, WorkerOptions } from "bullmq";
import { UndertoneError } from "../shared/errors.ts";
import type { QueueAddress } from "./queue-address.ts";

/** All jobs of undertone are in one queue, whatever their kind. */
const queueName = "undertone";

const reconnectMs = 1000;
const connectTimeoutMs = 10_000;

/** A job in the queue: `data` is what it is about, its name the group that it belongs to. */
export interface JobData {
  readonly data: unknown;
}

type BullQueue = Pick<
  Queue<JobData>,
  | "addBulk"
  | "getJobCounts"
  | "getJobs"
  | "getJob"
  | "getJobState"
  | "remove"
  | "close"
  | "waitUntilReady"
>;
type BullWorker = Pick<Worker<JobData>, "run" | "close">;

interface BackendWorkerOptions extends Omit<WorkerOptions, "connection"> {
  /** Told of trouble with the queue. */
  readonly onError: (error: Error) => void;
}

/** What differs between Redis and PostgreSQL. */
export interface QueueBackend {
  /** Opens a client whose calls fail where it cannot connect. */
  queue(): BullQueue;
  /** Opens a worker that connects again whenever it has to. */
  worker(
    process: (job: bullmq.Job<JobData>) => Promise<void>,
    options: BackendWorkerOptions,
  ): BullWorker;
  /** Returns an error by which a job fails without another attempt. */
  finalError(message: string): Error;
}

/** Loads what speaks to a queue. @throws UndertoneError `usage` naming the packages to install */
export async function openBackend(address: QueueAddress): Promise<QueueBackend> {
  const driver = address.kind === "redis" ? "ioredis" : "pg";
  const bull = await loadPackages(driver);
  const finalError = (message: string): Error => new bull.UnrecoverableError(message);
  const { url } = address;
  if (address.kind === "redis") {
    const common = { url, connectTimeout: connectTimeoutMs };
    const once = { ...common, retryStrategy: () => null, maxRetriesPerRequest: 1 };
    const again = { ...common, retryStrategy: () => reconnectMs, maxRetriesPerRequest: null };
    return {
      queue: () => {
        const queue = new bull.Queue<JobData>(queueName, { connection: once });
        queue.on("error", rejectedElsewhere);
        return queue;
      },
      worker: (process, { onError, ...options }) => {
        const given = { ...options, connection: again };
        const worker = new bull.Worker<JobData>(queueName, process, given);
        worker.on("error", onError);
        return worker;
      },
      finalError,
    };
  }
  const { createPostgresBackend } = bull;
  const connection = {
    connectionString: url,
    migrate: true,
    connectionTimeoutMillis: connectTimeoutMs,
    Client: await enduringClient(),
  };
  return {
    queue: () => {
      const queue = new bull.Queue(queueName, { connection }, createPostgresBackend);
      queue.on("error", rejectedElsewhere);
      return queue;
    },
    worker: (process, { onError, ...options }) => {
      const given = { ...options, connection };
      const worker = new bull.Worker(queueName, process, given, createPostgresBackend);
      worker.on("error", onError);
      return worker;
    },
    finalError,
  };
}

/** Each call of a client rejects by itself. */
const rejectedElsewhere = (): void => undefined;

/** Resolves to a client that outlives its server: the call under way rejects, and the pool drops the client. */
async function enduringClient() {
  const { default: pg } = await import("pg");
  return class extends pg.Client {
    constructor(...given: ConstructorParameters<typeof pg.Client>) {
      super(...given);
      this.on("error", () => undefined);
    }
  };
}

async function loadPackages(driver: "ioredis" | "pg"): Promise<typeof bullmq> {
  try {
    await (driver === "pg" ? import("pg") : import("ioredis"));
    return await import("bullmq");
  } catch (cause) {
    throw new UndertoneError(
      "usage",
      `A queue needs packages that are not installed: npm install bullmq@6.7.0 ${driver === "pg" ? "pg@8.23.1" : "ioredis@6.0.0"}`,
      { cause },
    );
  }
}
