import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { systemCode } from "../shared/files.node.ts";
import type { Digest } from "./digest.ts";
import type { Environment } from "./source.ts";

export interface NpmOptions {
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

const execute = promisify(execFile);

/** By default npm waits 70 seconds without a network. */
const shortTimeouts = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];

const distSchema = z.object({ tarball: z.url(), integrity: z.string().optional() });

/**
 * Resolves to the address of a published version's tarball, from the user's npm with its registry and credentials.
 * @throws UndertoneError `network-failed`, `cancelled`
 */
export async function findTarball(
  spec: string,
  options: NpmOptions,
): Promise<{ url: string; digest: Digest | undefined }> {
  const answer = await npm(["view", spec, "dist", "--json"], options);
  const dist = distSchema.safeParse(parseJson(answer));
  if (!dist.success) {
    throw new UndertoneError("network-failed", `npm returned no address for ${spec}.`, {
      cause: dist.error,
    });
  }
  return { url: dist.data.tarball, digest: digestOf(dist.data.integrity) };
}

/**
 * Downloads a tarball with npm itself, which has the credentials, certificates and proxies of its registry, to an empty
 * folder.
 * @throws UndertoneError `network-failed`, `cancelled`
 */
export async function packTarball(
  spec: string,
  folder: string,
  options: NpmOptions,
): Promise<void> {
  await npm(["pack", spec, "--ignore-scripts", `--pack-destination=${folder}`], options);
}

async function npm(args: readonly string[], { env, signal }: NpmOptions): Promise<string> {
  try {
    const { stdout } = await execute("npm", [...args, ...shortTimeouts, "--loglevel=error"], {
      env,
      signal,
      shell: process.platform === "win32", // there it is npm.cmd, which only a shell can start
      maxBuffer: 16e6,
    });
    return stdout;
  } catch (error) {
    throwIfCancelled(signal);
    const problem =
      systemCode(error) === "ENOENT"
        ? "npm is not installed. Install it with Node.js, or use another source"
        : `npm ${args.slice(0, 2).join(" ")}: ${errorLine(error)}`;
    throw new UndertoneError("network-failed", `${problem}.`, { cause: error });
  }
}

/** Returns the first of npm's lines `npm error …` with more than a code. */
function errorLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  const line = /^npm (?:error|ERR!) (?!code |syscall |errno |path )(.*\S)\s*$/m.exec(text)?.[1];
  return line ?? text.trim().slice(0, 200);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @see https://www.w3.org/TR/sri-2/#integrity-metadata-description */
function digestOf(integrity = ""): Digest | undefined {
  const base64 = /(?:^|\s)sha512-([\w+/]{86}==)/.exec(integrity)?.[1];
  return base64 === undefined
    ? undefined
    : { algorithm: "sha512", hex: Buffer.from(base64, "base64").toString("hex") };
}
