import { availableParallelism, homedir } from "node:os";
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { jsonLog } from "../server/service/log.ts";
import { startService } from "../server/service/start-service.ts";
import { openTokens, Tokens } from "../server/service/tokens.ts";
import { defaultLimits, type Limits } from "../server/service/limits.ts";
import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { createProgress } from "./progress.ts";
import type { ServeOptions } from "./serve.ts";

const { version }: { readonly version: string } = createRequire(import.meta.url)(
  "../../package.json",
);

const loopback = ["127.0.0.1", "localhost", "::1"];

/** Serves until Ctrl-C, or makes a token. @throws UndertoneError `usage`, and what loading the models throws */
export async function runServe(options: ServeOptions): Promise<void> {
  const { host, port, transcript, transcriber, folder = stateFolder() } = options;
  if (options.newToken) {
    const { made } = await openTokens(folder, { another: true });
    console.log(made);
    return;
  }
  if (!transcript && (transcriber ?? options.textModel ?? options.language) !== undefined) {
    const message =
      "--transcriber, --text-model and --language have no effect with --no-transcript.";
    throw new UndertoneError("usage", message);
  }
  const { tokens, made } = await tokensOf(folder);
  const display = createProgress(process.stderr);
  await cancellable(
    async (signal) => {
      const service = await startService({
        version,
        host,
        port,
        model: options.model,
        textModel: options.textModel,
        transcriber: transcript && (transcriber ?? true),
        language: options.language,
        offline: options.offline,
        workers: options.workers ?? availableParallelism(),
        allowedHosts: options.allowHost ?? [],
        limits: limitsOf(options),
        tokens,
        folder,
        queue: options.queue,
        log: jsonLog((line) => process.stdout.write(line)),
        onProgress: display,
        signal,
      });
      display.info(`Serving at ${service.url}`);
      if (made !== undefined) {
        display.info(`Token, which is not shown again: ${made}`);
      }
      if (!loopback.includes(host)) {
        display.warn("The connection is not encrypted: put a proxy with TLS before it.");
      }
      display.info("Press Ctrl-C to stop.");
      if (!signal.aborted) {
        await new Promise((done) => {
          signal.addEventListener("abort", done);
        });
      }
      display.info("Recordings that are being analyzed are finished first.");
      await service.close();
    },
    undefined,
    { finishes: true },
  );
}

/** Where what is no cache and no setting is kept. @see https://specifications.freedesktop.org/basedir-spec */
function stateFolder(): string {
  const { XDG_STATE_HOME: xdg = "" } = process.env;
  return join(isAbsolute(xdg) ? xdg : join(homedir(), ".local", "state"), "undertone", "serve");
}

const shortestToken = 20;

async function tokensOf(folder: string): ReturnType<typeof openTokens> {
  const given = process.env["UNDERTONE_TOKEN"];
  if (given === undefined || given === "") return openTokens(folder);
  if (given.length >= shortestToken && !/\s/.test(given)) {
    return { tokens: Tokens.of(given), made: undefined };
  }
  const message = `UNDERTONE_TOKEN needs at least ${shortestToken} characters, and no spaces.`;
  throw new UndertoneError("usage", message);
}

function limitsOf(options: ServeOptions): Limits {
  return {
    ...defaultLimits,
    maxUploadBytes: options.maxUpload * 1e6,
    maxDiskBytes: options.maxDisk * 1e6,
    maxDurationSec: options.maxDuration * 3600,
    timeoutSec: options.timeout,
    maxWaiting: options.maxWaiting,
    requestsPerMin: options.rate,
    maxStreams: options.maxStreams,
    maxJobs: options.maxJobs,
    keepHours: options.keep,
  };
}
