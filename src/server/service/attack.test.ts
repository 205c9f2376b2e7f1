/** Clients that mean harm, or are broken: each gets the right status, and the server goes on. */
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { call } from "../../../test/support/analysis.ts";
import {
  formWith,
  serviceToken,
  startTestService,
  type TestService,
} from "../../../test/support/service.ts";
import { Random } from "../../shared/random.ts";

const paths: string[] = [];
let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    analyze: (path) => {
      paths.push(path);
      return Promise.resolve(call);
    },
    limits: { maxUploadBytes: 100_000, idleSec: 0.2, maxJobFiles: 3, requestsPerMin: 1e6 },
  });
});
afterAll(() => service.close());
async function assertSound(): Promise<void> {
  expect((await service.ask("/health")).status).toBe(200);
  // Closing a request's folder ends a moment after its answer.
  await expect.poll(() => readdir(join(service.folder, "uploads"))).toEqual([]);
  expect(service.lines.filter((line) => line.includes("internal-error"))).toEqual([]);
}
afterEach(assertSound);

const authorization = `authorization: Bearer ${serviceToken}`;
const emotions = "/v1/audio/emotions";

/** Sends bytes, and resolves to all that comes back until the connection ends. */
async function raw(lines: readonly string[], body: string | Uint8Array = ""): Promise<string> {
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  const answer = text(socket).catch((error: unknown) => String(error));
  socket.on("error", () => undefined);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.write(body);
  return answer;
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

const post = (type: string, ...more: readonly string[]): string[] => [
  `POST ${emotions} HTTP/1.1`,
  "host: a",
  "connection: close",
  authorization,
  `content-type: ${type}`,
  ...more,
];

test.each([
  "/../../etc/passwd",
  "/v1/jobs/../../tokens.json",
  "/v1/jobs/..%2f..%2ftokens.json",
  "/v1/jobs/%2e%2e%2f%2e%2e/results",
  "/v1/jobs/job_x%00/results",
  "/v1/models/..%2f..%2fpackage.json",
  "/tokens.json",
  "/uploads/",
  "//etc/passwd",
  "/%",
])("no path leads to a file: %s", async (path) => {
  const lines = [`GET ${path} HTTP/1.1`, "host: a", "connection: close", authorization];
  const answer = await raw(lines);
  expect([400, 404]).toContain(statusOf(answer));
  expect(answer).not.toMatch(/root:|sha256/);
});

test.each(["../../evil.wav", "..\\..\\evil.wav", "/etc/passwd", "a\r\nx: y.wav", "\0.wav", "."])(
  "a file's name is no path: %j",
  async (name) => {
    const body = formWith({}, [[name, "RIFF"]]);
    const answer = await service.ask(emotions, { method: "POST", body });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x")).toBeNull();
    expect(paths.at(-1)).toMatch(/\/uploads\/[\da-f-]{36}\/0$/);
  },
);

test("files are for the server's user alone", async () => {
  let mode = 0;
  const watching = await startTestService({
    analyze: async (path) => {
      ({ mode } = await stat(path));
      return call;
    },
  });
  await watching.ask(emotions, { method: "POST", body: formWith({}) });
  expect(mode & 0o777).toBe(0o600);
  await watching.close();
});

test.each([
  ["that says so", "content-length: 100001", ""],
  ["in chunks without an end", "transfer-encoding: chunked", chunk("a".repeat(60_000)).repeat(3)],
])("a body that is too large %s is refused", async (_, header, body) => {
  const answer = await raw(post("audio/wav", header), body);
  expect(statusOf(answer)).toBe(413);
});

function chunk(content: string): string {
  return `${content.length.toString(16)}\r\n${content}\r\n`;
}

test.each([
  ["a type that is none", "nonsense", 415],
  ["text", "text/plain", 415],
  ["an address-encoded form", "application/x-www-form-urlencoded", 415],
  ["JSON", "application/json", 400],
  ["a form without a boundary", "multipart/form-data; boundary=", 400],
  ["a form without any boundary", "multipart/form-data; x=y", 400],
])("%s is refused", async (_, type, status) => {
  expect(statusOf(await raw(post(type, "content-length: 2"), "{}"))).toBe(status);
});

test("a compressed body is not unpacked", async () => {
  const answer = await raw(post("audio/wav", "content-encoding: gzip", "content-length: 2"), "{}");
  expect(statusOf(answer)).toBe(415);
});

const part = (head: string, content = "RIFF"): string => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const formType = "multipart/form-data; boundary=b";
const file = 'content-disposition: form-data; name="file"; filename="a.wav"';

test.each([
  ["without its end", part(file)],
  ["with nothing in it", ""],
  ["of ends alone", "--b--\r\n"],
  ["with a head without an end", `--b\r\n${file}`],
  ["with a head that never ends", `--b\r\n${"x".repeat(90_000)}`],
  ["with no names", `${part("content-disposition: form-data")}--b--\r\n`],
  ["with another boundary", `--c\r\n${file}\r\n\r\nRIFF\r\n--c--\r\n`],
  ["of two files", `${part(file)}${part(file)}--b--\r\n`],
  ["without a file", `${part('content-disposition: form-data; name="diarize"', "true")}--b--\r\n`],
  [
    "with a value twice",
    `${part('content-disposition: form-data; name="diarize"', "true").repeat(2)}${part(file)}--b--\r\n`,
  ],
  [
    "of many fields",
    `${part('content-disposition: form-data; name="a"', "1").repeat(500)}--b--\r\n`,
  ],
  [
    "with a huge field",
    `${part('content-disposition: form-data; name="a"', "1".repeat(80_000))}--b--\r\n`,
  ],
  [
    "that names a prototype",
    `${part('content-disposition: form-data; name="__proto__"', "1")}${part(file)}--b--\r\n`,
  ],
])("a form %s is refused", async (_, body) => {
  const lines = post(formType, `content-length: ${body.length}`);
  const answer = await raw(lines, body);
  expect([400, 413]).toContain(statusOf(answer));
});

test("headers that never end are given up", async () => {
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  socket.write("GET /health HTTP/1.1\r\nx: y");
  expect(statusOf(await text(socket))).toBe(408);
});

const expecting = (token: string): string[] => [
  `POST ${emotions} HTTP/1.1`,
  "host: a",
  "connection: close",
  `authorization: Bearer ${token}`,
  "content-type: audio/wav",
  "content-length: 4",
  "expect: 100-continue",
];

test("a client that asks first whether to send its body is told before it does", async () => {
  expect(await raw(expecting("wrong"))).toMatch(/^HTTP\/1\.1 401/);
  expect(await raw(expecting(serviceToken), "RIFF")).toMatch(
    /^HTTP\/1\.1 100 .*\r\n\r\nHTTP\/1\.1 200/,
  );
});

test.each([
  ["audio/wav", "RIFF"],
  [formType, `--b\r\n${file}\r\n\r\nRIFF`],
  [formType, `--b\r\n${file}`],
])("a body of %s that stops is given up: %j", async (type, body) => {
  const answer = await raw(post(type, "content-length: 500"), body);
  expect(statusOf(answer)).toBe(408);
});

test.each([
  ["audio/wav", "RIFF"],
  [formType, `--b\r\n${file}\r\n\r\nRIFF`],
])("a client that leaves takes its recording with it: %s", async (type, body) => {
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  socket.write(`${post(type, "content-length: 500").join("\r\n")}\r\n\r\n${body}`);
  await once(socket, "connect");
  const isEmpty = async (): Promise<boolean> =>
    (await readdir(join(service.folder, "uploads"))).length === 0;
  await expect.poll(isEmpty).toBe(false);
  socket.destroy();
  await expect.poll(isEmpty).toBe(true);
});

test.each([
  ["no HTTP", ["GARBAGE"], 400],
  ["a head without an end", [`GET / HTTP/1.1`, `x: ${"y".repeat(20_000)}`], 431],
  ["two lengths", [...post("audio/wav", "content-length: 1", "content-length: 2")], 400],
  [
    "a length and chunks",
    post("audio/wav", "content-length: 1", "transfer-encoding: chunked"),
    400,
  ],
  ["a length below zero", post("audio/wav", "content-length: -1"), 400],
  ["a line break in a header", [`GET / HTTP/1.1`, "host: a", "x: y\rz: 1"], 400],
  ["another method", ["BREW /v1/models HTTP/1.1", "host: a"], 400],
])("%s is refused", async (_, lines, status) => {
  expect(statusOf(await raw(lines))).toBe(status);
});

test("an id of a request cannot add headers or lines to the log", async () => {
  const lines = ["GET /health HTTP/1.1", "host: a", "connection: close"];
  const answer = await raw([...lines, 'x-request-id: a"}{"level":"none']);
  expect(answer).toMatch(/x-request-id: [\da-f-]{36}\r\n/);
  const own = await service.ask("/health", { headers: { "x-request-id": "mine-1" } });
  expect(own.headers.get("x-request-id")).toBe("mine-1");
  for (const line of service.lines) expect(() => void JSON.parse(line)).not.toThrow();
});

test("no token, a wrong one and a part of one are refused, and guesses are counted", async () => {
  const guesses = [
    "",
    "Bearer",
    "Bearer wrong",
    `Bearer ${serviceToken.slice(0, -1)}`,
    "Basic YTpi",
  ];
  for (const guess of guesses) {
    const answer = await service.ask("/v1/models", { headers: { authorization: guess } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch("Bearer");
  }
  const more = await Promise.all(
    Array.from({ length: 30 }, () =>
      service.ask("/v1/models", { headers: { authorization: "Bearer wrong" } }),
    ),
  );
  const last = more.find(({ status }) => status === 429);
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await service.ask("/v1/models")).status).toBe(200);
});

test("nothing secret or private is in the log", async () => {
  await service.ask(`${emotions}?x=${serviceToken}`, {
    method: "POST",
    body: formWith({}, [["my-secret-name.wav", "my secret words"]]),
  });
  const log = service.lines.join("");
  for (const secret of [serviceToken, "secret", "Good morning"]) expect(log).not.toContain(secret);
});

/** More with `FUZZ=10000 npx vitest run src/server/service/attack.test.ts`. */
const fuzzed = Number(process.env["FUZZ"] ?? 150);

test(
  `${fuzzed} requests with random damage are answered or cut off`,
  { timeout: 60_000 + 200 * fuzzed },
  async () => {
    const random = new Random(7);
    const body = `${part(file)}${part('content-disposition: form-data; name="diarize"', "true")}--b--\r\n`;
    const whole = [
      ...post("multipart/form-data; boundary=b", `content-length: ${body.length}`),
      "",
      body,
    ].join("\r\n");
    const counts = new Map<number, number>();
    async function send(): Promise<void> {
      const bytes = Buffer.from(whole, "latin1");
      const damage = 1 + random.integer(4);
      for (let d = 0; d < damage; d++) bytes[random.integer(bytes.length)] = random.integer(256);
      const end = random.integer(10) === 0 ? random.integer(bytes.length) : undefined;
      const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
      socket.on("error", () => undefined);
      const answer = text(socket).catch(() => "");
      socket.end(bytes.subarray(0, end));
      const status = statusOf(await answer);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    for (let n = 0; n < fuzzed; n += 10) await Promise.all(Array.from({ length: 10 }, send));
    const allowed = [
      200,
      400,
      401,
      404,
      405,
      408,
      413,
      415,
      417,
      426,
      429,
      431,
      501,
      505,
      Number.NaN,
    ];
    expect([...counts.keys()].filter((status) => !allowed.includes(status))).toEqual([]);
  },
);
