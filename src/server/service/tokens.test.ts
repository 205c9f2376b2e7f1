import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTokens } from "./tokens.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-tokens-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a token is made once, and only its hash is kept, for the user alone", async () => {
  const state = join(folder, "state");
  const { tokens, made } = await openTokens(state);
  expect(made).toMatch(/^ut_[\w-]{43}$/);
  expect(tokens.clientOf(made!)).toMatch(/^[\da-f]{8}$/);
  expect(tokens.clientOf(`${made}x`)).toBeUndefined();
  const path = join(state, "tokens.json");
  expect(await readFile(path, "utf8")).not.toContain(made);
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  const again = await openTokens(state);
  expect(again.made).toBeUndefined();
  expect(again.tokens.clientOf(made!)).toBe(tokens.clientOf(made!));
  const another = await openTokens(state, { another: true });
  expect(another.tokens.clientOf(made!)).toBe(tokens.clientOf(made!));
  expect(another.tokens.clientOf(another.made!)).not.toBe(tokens.clientOf(made!));
});

test("a file that holds no hashes is no reason to let everybody in", async () => {
  await writeFile(join(folder, "tokens.json"), '{"sha256":["abc"]}');
  await expect(openTokens(folder)).rejects.toMatchObject({ code: "file-unreadable" });
});
