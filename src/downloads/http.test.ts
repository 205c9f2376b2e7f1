import { afterAll, expect, test } from "vitest";
import { WebServers } from "../../test/support/web-server.ts";
import { get, readJson } from "./http.ts";

const servers = new WebServers();
afterAll(() => servers.close());
const { signal } = new AbortController();

test.each(["http://[", "file:///etc/passwd", "ftp://127.0.0.1/", "/again"])(
  "a redirect to %s is refused",
  async (location) => {
    const { url } = await servers.serve((_, response) => {
      response.writeHead(302, { location }).end();
    });
    await expect(get({ url }, {}, signal)).rejects.toMatchObject({ code: "network-failed" });
  },
);

test("JSON without end is not waited for", async () => {
  const part = Buffer.alloc(1 << 20, "[");
  const { url } = await servers.serve((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(part));
    };
    response.on("drain", more);
    more();
  });
  const response = await get({ url }, {}, signal);
  await expect(readJson(response, new URL(url))).rejects.toMatchObject({ code: "network-failed" });
});
