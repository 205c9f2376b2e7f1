import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { GraphTensor } from "../../models/export/exported-model.ts";
import { parsed } from "../parsed.ts";
import { Refusal } from "../refusal.ts";
import { errorBody } from "../service/error-answer.ts";
import type { Service, ServiceEnv } from "../service/service.ts";
import { GraphRunner } from "./graph-runner.ts";
import { readBody } from "./read-body.ts";
import {
  inferenceErrorSchema,
  inferenceRequestSchema,
  inferenceResponseSchema,
  modelMetadataSchema,
  type InferenceRequest,
} from "./schema.ts";
import { feedsOf, responseOf } from "./tensors.ts";

/** What inference needs of the server. */
export type InferenceService = Pick<Service, "version" | "limits" | "closing" | "log"> & {
  readonly model: {
    readonly name: string;
    readonly worker: Pick<Service["model"]["worker"], "model" | "offline">;
  };
};

/** Four minutes of 32-bit samples at 16 kHz. */
const maxBytes = 2 ** 24;

/** What is parsed holds up all other requests. */
const maxJsonBytes = 2 ** 22;

/** Requests whose bodies are held at once. */
const mostRequests = 16;

const headerLength = "inference-header-content-length";

/**
 * The Open Inference Protocol: the audio model as one graph, from waveform to probabilities, as `undertone export` writes it.
 * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 */
export function inferenceRoutes(service: InferenceService) {
  const { version, model, closing, limits, log } = service;
  const { model: path, offline } = model.worker;
  const runner = new GraphRunner({ model: path, offline });
  let underWay = 0;
  const closeAtEnd = (): void => {
    if (closing.aborted && underWay === 0) void runner.close();
  };
  closing.addEventListener("abort", closeAtEnd);

  const assertModel = (context: Context): void => {
    if (context.req.param("model") === model.name) return;
    throw new Refusal("model-unknown", `This server has the model ${model.name}.`);
  };
  const assertVersion = (context: Context): void => {
    if ((context.req.param("version") ?? "1") === "1") return;
    throw new Refusal("model-unknown", `${model.name} has version 1 alone.`);
  };

  async function infer(context: Context<ServiceEnv>): Promise<Response> {
    if (underWay >= mostRequests) {
      throw new Refusal("overloaded", "Too many inferences at once.", { retryAfterSec: 1 });
    }
    underWay++;
    try {
      const body = await readBody(context.env.incoming, { ...limits, maxBytes });
      const { request, bytes } = requestIn(body, context.req.header(headerLength));
      const facts = await runner.facts();
      const values = await runner.run(feedsOf(request, bytes, facts));
      const encoded = responseOf(request, facts, { model: model.name, values });
      if (encoded.bytes.length === 0) return context.json(encoded.response);
      const head = Buffer.from(JSON.stringify(encoded.response));
      return context.body(Buffer.concat([head, encoded.bytes]), 200, {
        "content-type": "application/octet-stream",
        [headerLength]: String(head.length),
      });
    } finally {
      underWay--;
      closeAtEnd();
    }
  }

  const app = new OpenAPIHono<ServiceEnv>();
  app.onError((error, context) => {
    const { status, body } = errorBody(error);
    const { code, message } = body.error;
    if (code === "internal") {
      const stack = error instanceof Error ? error.stack : String(error);
      log("error", "internal-error", { requestId: context.get("requestId"), stack });
    }
    if (error instanceof Refusal && error.retryAfterSec !== undefined) {
      context.header("retry-after", String(error.retryAfterSec));
    }
    return context.json<z.infer<typeof inferenceErrorSchema>>({ error: message }, status);
  });
  app.get("/v2/health/live", (context) => context.json({ live: true }));
  app.get("/v2/health/ready", (context) =>
    context.json({ ready: !closing.aborted }, closing.aborted ? 503 : 200),
  );
  app.get("/v2", (context) =>
    context.json({ name: "undertone", version, extensions: ["binary_tensor_data"] }),
  );
  for (const base of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    app.use(`${base}/*`, (context, next) => {
      assertModel(context);
      assertVersion(context);
      return next();
    });
    app.get(base, async (context) => {
      assertModel(context);
      assertVersion(context);
      const { inputs, outputs } = await runner.facts();
      return context.json<z.infer<typeof modelMetadataSchema>>({
        name: model.name,
        versions: ["1"],
        platform: "onnxruntime_onnx",
        inputs: inputs.map(metadataOf),
        outputs: outputs.map(metadataOf),
      });
    });
    app.get(`${base}/ready`, async (context) => {
      await runner.facts();
      return context.json({ name: model.name, ready: true });
    });
    app.post(`${base}/infer`, infer);
  }
  documentRoutes(app);
  return app;
}

const metadataOf = ({ name, shape }: GraphTensor) => ({
  name,
  datatype: "FP32" as const,
  shape: [-1, ...shape.map((length) => length ?? -1)],
});

interface RequestBody {
  readonly request: InferenceRequest;
  /** What follows the JSON. */
  readonly bytes: Uint8Array;
}

/** @throws Refusal `body-invalid`, `body-too-large` */
function requestIn(body: Buffer, given: string | undefined): RequestBody {
  const length = given === undefined ? body.length : Number(given);
  if (!(Number.isInteger(length) && length > 0 && length <= body.length)) {
    const message = "Inference-Header-Content-Length is not the length of the JSON in the body.";
    throw new Refusal("body-invalid", message);
  }
  if (length > maxJsonBytes) {
    const message = `JSON may have ${maxJsonBytes} bytes. Send tensors as bytes: see the binary tensor data extension.`;
    throw new Refusal("body-too-large", message);
  }
  let content: unknown;
  try {
    content = JSON.parse(body.toString("utf8", 0, length));
  } catch {
    throw new Refusal("body-invalid", "The body is not JSON.");
  }
  return { request: parsed(inferenceRequestSchema, content), bytes: body.subarray(length) };
}

function documentRoutes(app: OpenAPIHono<ServiceEnv>): void {
  const model = z.object({ model: z.string() });
  const error = {
    description: "What is wrong",
    content: { "application/json": { schema: inferenceErrorSchema } },
  };
  const failures = { 400: error, 404: error, 413: error, 429: error };
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/v2/models/{model}",
    operationId: "getInferenceModel",
    summary: "Inputs and outputs of the audio model as one graph",
    request: { params: model },
    responses: {
      200: {
        description: "The model",
        content: { "application/json": { schema: modelMetadataSchema } },
      },
      ...failures,
    },
  });
  app.openAPIRegistry.registerPath({
    method: "post",
    path: "/v2/models/{model}/infer",
    operationId: "infer",
    summary: "Probabilities of waveforms, by the Open Inference Protocol and its binary tensors",
    request: {
      params: model,
      body: { content: { "application/json": { schema: inferenceRequestSchema } } },
    },
    responses: {
      200: {
        description: "The outputs",
        content: { "application/json": { schema: inferenceResponseSchema } },
      },
      ...failures,
    },
  });
}
