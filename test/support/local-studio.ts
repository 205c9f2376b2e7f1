/** The server of the studio on a free port, and raw requests to it. */
import { request } from "node:http";
import { join, resolve } from "node:path";
import { createRequire } from "node:module";
import { startStudio, type StudioOptions } from "../../src/server/start-studio.ts";

const repository = resolve(import.meta.dirname, "../..");

/** What starts `undertone` from its sources. */
export const sources: readonly string[] = [
  process.execPath,
  "--import",
  createRequire(import.meta.url).resolve("tsx"),
  join(repository, "src/cli/main.ts"),
];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

interface Ask {
  readonly method?: string;
  /** In place of those of a browser on the page. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A server with what a browser needs to ask it. */
export class TestStudio {
  readonly url: URL;
  readonly close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = new URL(url);
    this.close = close;
  }

  /** Starts one over these folders. */
  static async open(folder: string, options: Partial<StudioOptions> = {}): Promise<TestStudio> {
    const { url, close } = await startStudio({
      port: 0,
      host: "127.0.0.1",
      version: "test",
      runsFolder: join(folder, "runs"),
      data: [],
      command: sources,
      folders: {
        page: join(folder, "page"),
        models: join(repository, "models"),
        downloadedModels: join(folder, "downloaded"),
        runtime: join(folder, "runtime"),
      },
      ...options,
    });
    return new TestStudio(url, close);
  }

  get cookie(): string {
    return `undertone-${this.url.port}=${this.url.searchParams.get("token")}`;
  }

  /** Asks with the cookie and origin of the page. The path is sent as it is. */
  ask(path: string, { method = "GET", body, headers }: Ask = {}): Promise<Answer> {
    const { port, origin } = this.url;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const page = {
      cookie: this.cookie,
      ...(method === "POST" && { origin }),
      ...(text !== undefined && { "content-type": "application/json" }),
    };
    return new Promise((done, fail) => {
      const sent = request(
        { host: "127.0.0.1", port, path, method, headers: { ...page, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const bytes = Buffer.concat(chunks);
            done({ status: response.statusCode!, headers: response.headers, bytes });
          });
        },
      );
      sent.on("error", fail);
      sent.end(text);
    });
  }

  /** The JSON of an answer, whatever its status. */
  async json<T>(path: string, ask?: Ask): Promise<T> {
    const { bytes } = await this.ask(path, ask);
    return JSON.parse(bytes.toString());
  }

  /** @yields events as they come, as an `EventSource` would have them */
  async *events(path: string): AsyncGenerator<{ readonly event: string; readonly data: string }> {
    const response = await fetch(new URL(path, this.url.origin), {
      headers: { cookie: this.cookie },
    });
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const parts = text.split("\n\n");
      text = parts.pop()!;
      for (const part of parts) {
        const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
        yield { event, data };
      }
    }
  }
}
