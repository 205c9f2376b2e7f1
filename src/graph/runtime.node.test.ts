import { afterEach, expect, test, vi } from "vitest";
import { nodeRuntime, runtimeOf } from "./runtime.node.ts";

afterEach(() => vi.unstubAllEnvs());

test.each(["native", "wasm"] as const)("UNDERTONE_RUNTIME=%s chooses the runtime", async (name) => {
  vi.stubEnv("UNDERTONE_RUNTIME", name);
  expect(await nodeRuntime()).toMatchObject({ name, warnings: [] });
});

test("an option goes before the environment", async () => {
  vi.stubEnv("UNDERTONE_RUNTIME", "native");
  expect(await runtimeOf("wasm")()).toMatchObject({ name: "wasm" });
});

test("another name is refused", async () => {
  vi.stubEnv("UNDERTONE_RUNTIME", "gpu");
  await expect(nodeRuntime()).rejects.toMatchObject({ code: "usage" });
});
