import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPython } from "../../../bench/peers/find-python.ts";
import { startLiveServer } from "../../../test/support/live-server.ts";
import { loudnessModelFile } from "../../../test/support/loudness-model.ts";
import { encodeWav } from "../../audio/wav.ts";
import { exportedCard } from "../../models/export/exported-card.ts";
import { inferenceClient } from "../../models/export/python.ts";
import { exportSelfContained } from "../../models/export/self-contained.ts";

const modelPath = "/v2/models/loudness";
let server: Awaited<ReturnType<typeof startLiveServer>>;

beforeAll(async () => {
  server = await startLiveServer();
});

afterAll(() => server.close());

const address = (path: string): string => server.url.replace("ws:", "http:") + path;
const ask = async (path: string, init?: RequestInit) => {
  const response = await fetch(address(path), init);
  return { status: response.status, body: await response.json() };
};
const post = (body: string, headers = {}) =>
  ask(`${modelPath}/infer`, { method: "POST", body, headers });
const infer = (body: unknown) => post(JSON.stringify(body));

/** Three seconds of one value. */
const steady = (value: number): number[] => Array.from({ length: 48_000 }, () => value);
/** What the model predicts of it. */
const angry = (value: number): number => 1 / (1 + 0.001 / value ** 2);

const waveform = (data: unknown, shape: readonly number[]) => ({
  name: "waveform",
  datatype: "FP32",
  shape,
  data,
});

describe("the Open Inference Protocol", () => {
  test("tells of server, health and model", async () => {
    expect((await ask("/v2")).body).toEqual({
      name: "undertone",
      version: "1.2.3",
      extensions: ["binary_tensor_data"],
    });
    expect(await ask("/v2/health/live")).toEqual({ status: 200, body: { live: true } });
    expect(await ask("/v2/health/ready")).toEqual({ status: 200, body: { ready: true } });
    expect((await ask(`${modelPath}/ready`)).status).toBe(200);
    expect((await ask(modelPath)).body).toEqual({
      name: "loudness",
      versions: ["1"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "waveform", datatype: "FP32", shape: [-1, -1] }],
      outputs: [{ name: "probabilities", datatype: "FP32", shape: [-1, 2] }],
    });
    expect((await ask("/v2/models/other/ready")).status).toBe(404);
    expect((await ask(`${modelPath}/versions/2/ready`)).status).toBe(404);
  });

  test("infers a batch of numbers, flat or nested", async () => {
    const rows = [steady(0.5), steady(0.01)];
    for (const data of [rows, rows.flat()]) {
      const { status, body } = await infer({ id: "7", inputs: [waveform(data, [2, 48_000])] });
      expect(status).toBe(200);
      expect(body).toMatchObject({ model_name: "loudness", model_version: "1", id: "7" });
      const [output] = body.outputs;
      expect(output).toMatchObject({ name: "probabilities", datatype: "FP32", shape: [2, 2] });
      expect(output.data[1]).toBeCloseTo(angry(0.5), 5);
      expect(output.data[3]).toBeCloseTo(angry(0.01), 5);
    }
  });

  test("takes and gives tensors as bytes", async () => {
    const samples = Float32Array.from(steady(0.25));
    const head = Buffer.from(
      JSON.stringify({
        inputs: [
          {
            name: "waveform",
            datatype: "FP32",
            shape: [1, samples.length],
            parameters: { binary_data_size: samples.byteLength },
          },
        ],
        outputs: [{ name: "probabilities", parameters: { binary_data: true } }],
      }),
    );
    const response = await fetch(address(`${modelPath}/infer`), {
      method: "POST",
      headers: { "inference-header-content-length": String(head.length) },
      body: Buffer.concat([head, new Uint8Array(samples.buffer)]),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get("inference-header-content-length"));
    const [output] = JSON.parse(bytes.toString("utf8", 0, length)).outputs;
    expect(output).toMatchObject({ shape: [1, 2], parameters: { binary_data_size: 8 } });
    expect(output.data).toBeUndefined();
    expect(bytes.length).toBe(length + 8);
    expect(bytes.readFloatLE(length + 4)).toBeCloseTo(angry(0.25), 5);
  });

  test.each([
    { what: "no inputs", body: { inputs: [] } },
    { what: "another input", body: { inputs: [{ ...waveform([0], [1, 1]), name: "x" }] } },
    { what: "the same twice", body: { inputs: [waveform([0], [1, 1]), waveform([0], [1, 1])] } },
    { what: "another type", body: { inputs: [{ ...waveform([0], [1, 1]), datatype: "INT8" }] } },
    { what: "too few numbers", body: { inputs: [waveform([0], [1, 2])] } },
    { what: "what is no number", body: { inputs: [waveform(["a"], [1, 1])] } },
    { what: "a number beyond float32", body: { inputs: [waveform([1e300], [1, 1])] } },
    { what: "too many rows", body: { inputs: [waveform([0], [65, 1])] } },
    { what: "a rank of one", body: { inputs: [waveform([0], [1])] } },
    { what: "a shape beyond memory", body: { inputs: [waveform([0], [1, 2 ** 52])] } },
    {
      what: "an unknown output",
      body: { inputs: [waveform([0], [1, 1])], outputs: [{ name: "secret" }] },
    },
    {
      what: "bytes that are not there",
      body: { inputs: [{ ...waveform(undefined, [1, 1]), parameters: { binary_data_size: 4 } }] },
    },
  ])("refuses $what", async ({ body }) => {
    expect(await infer(body)).toEqual({ status: 400, body: { error: expect.any(String) } });
  });

  test("refuses what is no JSON, a wrong length of it, and too much", async () => {
    expect((await post("{")).status).toBe(400);
    expect((await post("{}", { "inference-header-content-length": "99" })).status).toBe(400);
    expect((await post("{}", { "inference-header-content-length": "-1" })).status).toBe(400);
    expect((await post(" ".repeat(2 ** 22 + 1))).status).toBe(413);
    expect((await post(" ".repeat(2 ** 24 + 1))).status).toBe(413);
  });
});

test("the client of an exported model gets what the model gives", async ({ skip }) => {
  const python = await findPython("json");
  if (python === undefined) skip("no Python");
  const bytes = loudnessModelFile();
  const file = exportSelfContained(bytes, { encoders: new Map(), neutralShare: 0.5 });
  const model = { name: "loudness", file, card: exportedCard(bytes), origins: [] };
  const folder = await mkdtemp(join(tmpdir(), "undertone-client-"));
  const [script, clip] = [join(folder, "client.py"), join(folder, "clip.wav")];
  await writeFile(script, inferenceClient(model));
  await writeFile(clip, encodeWav(Float32Array.from(steady(0.125)), 16_000));
  const { stdout } = await promisify(execFile)(python!, [script, clip, address("")]);
  expect(JSON.parse(stdout).probabilities.angry).toBeCloseTo(angry(0.125), 4);
  await rm(folder, { recursive: true });
});
