/** Servers of Debian's packages, each on a free port with its data in a temporary folder. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A database server for a test. */
export interface DatabaseServer {
  /** The URL of a queue on it. */
  readonly url: string;
  /** Kills it without a word, or ends it by `SIGINT`, which tells its clients, and starts it again on the same data. */
  crash(signal?: "SIGKILL" | "SIGINT"): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server; `undefined` where it is not installed. */
export type StartDatabase = (() => Promise<DatabaseServer>) | undefined;

const redis = "redis-server";
const postgresRoot = "/usr/lib/postgresql";

const isInstalled = (program: string): boolean =>
  spawnSync(program, ["--version"]).error === undefined;

/** The newest installed version's programs. */
const postgresPrograms = existsSync(postgresRoot)
  ? join(
      postgresRoot,
      readdirSync(postgresRoot).toSorted((a, b) => Number(b) - Number(a))[0]!,
      "bin",
    )
  : undefined;

export const startDatabase: Readonly<Record<"redis" | "postgres", StartDatabase>> = {
  redis: isInstalled(redis) ? startRedis : undefined,
  postgres: postgresPrograms === undefined ? undefined : startPostgres,
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}

interface Program {
  readonly folder: string;
  readonly url: string;
  readonly start: () => ChildProcess;
  readonly isReady: () => boolean;
}

/** Starts a server, again where one that was killed has left something behind for a moment. */
async function started({ start, isReady }: Program): Promise<ChildProcess> {
  let child = start();
  for (let tries = 0; tries < 600; tries++) {
    if (isReady()) return child;
    if (child.exitCode !== null) child = start();
    await sleep(50);
  }
  throw new Error("The database does not start.");
}

async function run(program: Program): Promise<DatabaseServer> {
  const { folder, url } = program;
  let child = await started(program);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  return {
    url,
    crash: async (signal = "SIGKILL") => {
      await kill(signal);
      child = await started(program);
    },
    stop: async () => {
      await kill("SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const succeeds = (program: string, words: readonly string[]): boolean =>
  spawnSync(program, words, { stdio: "ignore" }).status === 0;

async function startRedis(): Promise<DatabaseServer> {
  const folder = await mkdtemp(join(tmpdir(), "undertone-redis-"));
  const port = await freePort();
  const given = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "yes" };
  const lasting = { ...given, appendfsync: "always", "maxmemory-policy": "noeviction" };
  const words = Object.entries(lasting).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const start = (): ChildProcess => spawn(redis, words, { stdio: "ignore" });
  const isReady = (): boolean => succeeds("redis-cli", ["-p", `${port}`, "ping"]);
  return run({ folder, url: `redis://127.0.0.1:${port}`, start, isReady });
}

/** PostgreSQL refuses to run as root; Debian's package makes the user `postgres`. */
function asPostgres(program: string, words: readonly string[]): [string, string[]] {
  const path = join(postgresPrograms!, program);
  const user = ["--reuid=postgres", "--regid=postgres", "--init-groups", path];
  return process.getuid?.() === 0 ? ["setpriv", [...user, ...words]] : [path, [...words]];
}

async function startPostgres(): Promise<DatabaseServer> {
  const folder = await mkdtemp(join(tmpdir(), "undertone-postgres-"));
  const data = join(folder, "data");
  await chmod(folder, 0o755);
  await mkdir(data);
  if (process.getuid?.() === 0) execFileSync("chown", ["postgres", data]);
  const port = await freePort();
  execFileSync(
    ...asPostgres("initdb", ["-D", data, "-U", "undertone", "--auth=trust", "--no-sync"]),
    { stdio: "ignore" },
  );
  const words = ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", data];
  const start = (): ChildProcess => {
    const [program, given] = asPostgres("postgres", words);
    return spawn(program, given, { stdio: "ignore" });
  };
  const url = `postgres://undertone@127.0.0.1:${port}/postgres`;
  const ready = join(postgresPrograms!, "pg_isready");
  const isReady = (): boolean => succeeds(ready, ["-h", "127.0.0.1", "-p", `${port}`]);
  return run({ folder, url, start, isReady });
}
