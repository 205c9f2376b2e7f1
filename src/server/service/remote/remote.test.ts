import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AllowedHosts, type Resolve } from "./allowed-hosts.ts";
import { fetchTo } from "./call.ts";
import { isPublicAddress } from "./public-address.ts";

test.each([
  "127.0.0.1",
  "127.9.9.9",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fe80::1",
  "fd00:ec2::254",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:db8::1",
  "2001::1",
  "no address",
])("%s is not of the public internet", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["8.8.8.8", "172.32.0.1", "193.0.0.1", "2606:4700::1111", "2a00:1450::1"])(
  "%s is",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

const hosts = new AllowedHosts(["media.example.org", "*.cdn.example", "10.0.0.5:9000", "::1"]);

test.each([
  "http://media.example.org/a.wav",
  "https://MEDIA.example.org./a",
  "https://a.b.cdn.example/x",
  "http://10.0.0.5:9000/x",
  "http://[::1]/x",
])("%s is allowed", (address) => {
  expect(hosts.check(address)).toBeInstanceOf(URL);
});

test.each([
  "http://example.org/",
  "http://media.example.org.evil.test/",
  "http://evil-media.example.org/",
  "http://media.example.org:8080/",
  "http://cdn.example/",
  "http://evilcdn.example/",
  "http://10.0.0.5/",
  "http://127.0.0.1/",
  "http://2130706433/",
  "http://0x7f.1/",
  "http://[::ffff:7f00:1]/",
  "http://169.254.169.254/latest/meta-data/",
  "http://localhost/",
  "http://user:pw@media.example.org/",
  "http://media.example.org@evil.test/",
  "ftp://media.example.org/",
  "file:///etc/passwd",
  "data:,x",
  "gopher://media.example.org",
  "media.example.org",
  "http://",
  "",
])("%j is refused", (address) => {
  expect(() => hosts.check(address)).toThrow(expect.objectContaining({ code: "url-refused" }));
});

let folder = "";
let server: Server;
let port = 0;
let answer: RequestListener = () => undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-remote-"));
  server = createServer((request, response) => answer(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  port = typeof address === "object" ? address!.port : 0;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const options = { maxBytes: 10, idleSec: 0.2, signal: new AbortController().signal };
const fetching = (allowed: AllowedHosts, host: string): Promise<void> =>
  fetchTo(join(folder, "a"), `http://${host}:${port}/a.wav`, { ...options, hosts: allowed });

test("an address that the operator names is fetched, up to a size", async () => {
  const local = new AllowedHosts([`127.0.0.1:${port}`]);
  answer = (_, response) => response.end("RIFF");
  await fetching(local, "127.0.0.1");
  expect(await readFile(join(folder, "a"), "utf8")).toBe("RIFF");
  answer = (_, response) => response.end("RIFF".repeat(100));
  await expect(fetching(local, "127.0.0.1")).rejects.toMatchObject({ code: "audio-too-large" });
  answer = (_, response) => response.writeHead(404).end();
  await expect(fetching(local, "127.0.0.1")).rejects.toMatchObject({ code: "network-failed" });
  answer = (_, response) => void response.write("RI");
  await expect(fetching(local, "127.0.0.1")).rejects.toMatchObject({ code: "network-failed" });
});

const resolve: Resolve = (_, done) =>
  done(null, [
    { address: "8.8.8.8", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ]);

test("a name that is allowed is not followed into a private network", async () => {
  const rebound = new AllowedHosts([`media.example.org:${port}`], resolve);
  let isAsked = false;
  answer = (_, response) => {
    isAsked = true;
    response.end();
  };
  await expect(fetching(rebound, "media.example.org")).rejects.toMatchObject({
    code: "url-refused",
  });
  expect(isAsked).toBe(false);
});

test("a redirect is checked like an address", async () => {
  const local = new AllowedHosts([`127.0.0.1:${port}`]);
  for (const location of ["http://169.254.169.254/", "file:///etc/passwd", "//localhost/"]) {
    answer = (_, response) => response.writeHead(302, { location }).end();
    await expect(fetching(local, "127.0.0.1")).rejects.toMatchObject({ code: "url-refused" });
  }
  answer = (_, response) => response.writeHead(302, { location: "/again" }).end();
  await expect(fetching(local, "127.0.0.1")).rejects.toMatchObject({ code: "network-failed" });
});
