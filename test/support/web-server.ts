import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** The handler is told how many requests came before. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  count: number,
) => unknown;

export interface WebServer {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
}

/** Real servers on this machine, for tests of downloads. */
export class WebServers {
  readonly #servers: Server[] = [];

  async serve(handler: Handler): Promise<WebServer> {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      void handler(request, response, requests.length - 1);
    });
    this.#servers.push(server);
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done);
    });
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    return { url: `http://127.0.0.1:${port}`, requests };
  }

  close(): void {
    for (const server of this.#servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  }
}

export interface AnswerOptions {
  /** `undefined` answers without any validator, as some registries do. */
  readonly etag?: string | undefined;
  readonly ranges?: boolean;
  /** Bytes after which the line drops. */
  readonly until?: number;
}

/** Answers the request like a storage server, with ranges. @see RFC 9110, sections 13.1.5 and 14 */
export function answer(response: ServerResponse, body: Buffer, options: AnswerOptions = {}): void {
  const { headers: asked } = response.req;
  const {
    etag = "etag" in options ? undefined : '"v1"',
    ranges = true,
    until = Infinity,
  } = options;
  const from = Number(/^bytes=(\d+)-$/.exec(asked.range ?? "")?.[1] ?? 0);
  const condition = asked["if-range"];
  const start = ranges && (condition === undefined || condition === etag) ? from : 0;
  if (start >= body.length) {
    response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    return;
  }
  const range = `bytes ${start}-${body.length - 1}/${body.length}`;
  const headers = { ...(etag !== undefined && { etag }), "content-length": body.length - start };
  response.writeHead(
    start > 0 ? 206 : 200,
    start > 0 ? { ...headers, "content-range": range } : headers,
  );
  response.write(body.subarray(start, Math.min(until, body.length)), () => {
    if (until < body.length) response.socket?.end();
    else response.end();
  });
}
