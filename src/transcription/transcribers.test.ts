import { expect, test } from "vitest";
import { loadTranscriber } from "./transcribers.node.ts";

test.each(["constructor", "toString:x", "none"])("%s is no transcriber", async (name) => {
  const loading = loadTranscriber(name, { env: {}, modelFiles: async () => ({}) });
  await expect(loading).rejects.toMatchObject({ code: "usage" });
});

test.each(["google:", "service:", "whisper:"])("%s lacks its model", async (name) => {
  const env = { OPENAI_API_KEY: "x", GOOGLE_API_KEY: "x" };
  const loading = loadTranscriber(name, { env, modelFiles: async () => ({}) });
  await expect(loading).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining("names no model"),
  });
});

test("offline, only a service on this machine is opened", async () => {
  const keys = { OPENAI_API_KEY: "x", GOOGLE_API_KEY: "x" };
  const setting = { modelFiles: async () => ({}), offline: true };
  for (const name of ["google", "service:large"]) {
    await expect(loadTranscriber(name, { ...setting, env: keys })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("--offline"),
    });
  }
  const env = { OPENAI_BASE_URL: "http://127.0.0.1:8000/v1" };
  const { name } = await loadTranscriber("service:large", { ...setting, env });
  expect(name).toBe("service:large@127.0.0.1:8000");
});
