import { randomBytes } from "node:crypto";
import { realpath } from "node:fs/promises";
import type { Server } from "node:http";
import { networkInterfaces } from "node:os";
import { resolve, sep } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { studioApp, type AppOptions } from "./app.ts";
import { Corpora } from "./corpora/corpora.ts";
import { listen } from "./listen.ts";
import { RunStore } from "./runs/run-store.ts";
import { dataOf } from "./trainings/command-words.ts";
import { Trainings } from "./trainings/trainings.ts";

export interface StudioOptions extends Pick<AppOptions, "version" | "folders"> {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** Folder of the runs. */
  readonly runsFolder: string;
  /** Corpora. */
  readonly data: readonly string[];
  /** What starts `undertone`: an executable and its first arguments. */
  readonly command: readonly string[];
}

export interface Studio {
  /** Of the page, with its token. */
  readonly url: string;
  /** Stops trainings in order, ends what streams, and closes the port. */
  readonly close: () => Promise<void>;
}

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Starts the server of the studio.
 * @throws UndertoneError `usage` where it cannot have the port or host
 */
export async function startStudio(options: StudioOptions): Promise<Studio> {
  const { host, port, data } = options;
  const token = randomBytes(32).toString("base64url");
  const closing = new AbortController();
  const trainings = new Trainings(options.command);
  const runs = new RunStore(resolve(options.runsFolder), trainings);
  const corpora = new Corpora(data, () => trainedOn(runs));
  const hostNames = namesOf(host);
  const app = studioApp({
    ...options,
    token,
    hostNames,
    runs,
    trainings,
    corpora,
    closing: closing.signal,
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without options it is HTTP/1.1
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const actual = await listen(server, { host, port });
  return {
    url: `http://${hostNames[0]}:${actual}/?token=${token}`,
    close: async () => {
      closing.abort();
      server.close();
      await trainings.close();
      server.closeAllConnections();
    },
  };
}

const bracketed = (address: string): string =>
  address.includes(":") ? `[${address}]` : address.toLowerCase();

/** Returns the names by which a browser may ask for the server, that of the printed address first. */
function namesOf(host: string): string[] {
  if (["127.0.0.1", "localhost", "::1"].includes(host)) {
    return [bracketed(host), ...loopbackNames.filter((name) => name !== bracketed(host))];
  }
  const own = Object.values(networkInterfaces()).flatMap((each = []) =>
    each.map(({ address }) => bracketed(address)),
  );
  const isAny = ["0.0.0.0", "::"].includes(host);
  return isAny ? [...new Set([...loopbackNames, ...own])] : [bracketed(host)];
}

/**
 * The corpora of the runs, as far as they lie in the folder in which the studio runs: a run of somebody else may name any
 * folder of this machine.
 */
async function trainedOn(runs: RunStore): Promise<string[]> {
  const root = await realpath(process.cwd());
  const paths = [...new Set((await runs.commands()).flatMap(dataOf))].map((path) => resolve(path));
  const places = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)));
  return paths.filter((_, index) => places[index]?.startsWith(`${root}${sep}`));
}
