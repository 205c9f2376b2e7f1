import { expect, test } from "vitest";
import { blockSize } from "./block-size.ts";
import { nodeRuntime, runtimeOf } from "./runtime.node.ts";

test("the machine's own code has blocks of 8 or 16 channels, or none", async () => {
  expect([8, 16, undefined]).toContain(await blockSize(nodeRuntime));
});

test("WebAssembly has none", async () => {
  expect(await blockSize(runtimeOf("wasm"))).toBeUndefined();
});
