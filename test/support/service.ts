/** `undertone serve` with workers that need no models. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { batchOf } from "../../src/recognition/batch-folder.node.ts";
import type { Outcome } from "../../src/recognition/file-result.node.ts";
import type { RecognitionSettings } from "../../src/recognition/worker-process.node.ts";
import { defaultLimits, type Limits } from "../../src/server/service/limits.ts";
import { jsonLog } from "../../src/server/service/log.ts";
import { serveWith, type RunningService } from "../../src/server/service/start-service.ts";
import { Tokens } from "../../src/server/service/tokens.ts";
import type { Worker } from "../../src/server/service/worker-pool.ts";
import { call } from "./analysis.ts";

export const serviceToken = "ut_a-token-of-the-tests";
/** Of another client. */
export const otherToken = "ut_another-token-of-the-tests";

export type Analyze = (path: string, recognition: RecognitionSettings) => Promise<Outcome>;

export interface TestServiceOptions {
  readonly analyze?: Analyze;
  readonly workers?: number;
  readonly limits?: Partial<Limits>;
  readonly allowedHosts?: readonly string[];
  /** URL of a queue that does the jobs. */
  readonly queue?: string;
  /** Of an earlier server. */
  readonly folder?: string;
  /** Before a failed recording of a job is tried again. */
  readonly retryDelayMs?: number;
  /** Called when a worker is ended. */
  readonly onStop?: () => void;
}

export interface TestService extends RunningService {
  readonly folder: string;
  /** What was logged. */
  readonly lines: string[];
  /** Sends a request with the token. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
}

/** Starts a server whose workers answer as they are told, by default with a call of two people. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { analyze = () => Promise.resolve(call), workers = 1, limits } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "undertone-service-")));
  const lines: string[] = [];
  const createWorker = (): Worker => {
    const ends: ((outcome: Outcome) => void)[] = [];
    return {
      analyze: (path, { recognition }) => {
        const ended = new Promise<Outcome>((resolve) => {
          ends.push(resolve);
        });
        return Promise.race([ended, analyze(path, recognition)]);
      },
      stop: () => {
        options.onStop?.();
        for (const end of ends) end({ error: { code: "internal", message: "It was ended." } });
      },
    };
  };
  const running = await serveWith(
    {
      model: {
        name: "default",
        labels: ["sad", "angry"],
        transcriber: "moonshine-base",
        warnings: ["Made without a model."],
        startedAt: 0,
        worker: { model: "default.onnx", recognition: {} },
        order: batchOf({
          settings: { modelId: "0123456789ab", textModelId: null },
          worker: { model: "default", recognition: {} },
        }),
      },
      workers: Array.from({ length: workers }, createWorker),
    },
    {
      version: "1.2.3",
      host: "127.0.0.1",
      port: 0,
      limits: { ...defaultLimits, ...limits },
      tokens: Tokens.of(serviceToken, otherToken),
      allowedHosts: options.allowedHosts ?? [],
      folder,
      queue: options.queue,
      retryDelayMs: options.retryDelayMs,
      log: jsonLog((line) => lines.push(line)),
    },
  );
  return {
    ...running,
    folder,
    lines,
    ask: (path, init = {}) => {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${serviceToken}`);
      return fetch(running.url + path, { ...init, headers });
    },
    close: async () => {
      await running.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Holds work until it is opened. */
export class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** Returns a form with a recording, and fields. */
export function formWith(
  fields: Readonly<Record<string, string>>,
  files: readonly (readonly [name: string, content: string])[] = [["a.wav", "RIFF"]],
): FormData {
  const form = new FormData();
  for (const [name, content] of files) form.append("file", new Blob([content]), name);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}
