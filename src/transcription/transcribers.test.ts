import { expect, test } from "vitest";
import { loadTranscriber } from "./transcribers.node.ts";

test.each(["constructor", "toString:x", "none"])("%s is no transcriber", async (name) => {
  const loading = loadTranscriber(name, { env: {}, modelFiles: async () => ({}) });
  await expect(loading).rejects.toMatchObject({ code: "usage" });
});
