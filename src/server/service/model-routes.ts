import { OpenAPIHono, z } from "@hono/zod-openapi";
import { Refusal } from "../refusal.ts";
import { answers } from "./documented.ts";
import type { ServedModel, Service, ServiceEnv } from "./service.ts";

/** What OpenAI's clients ask for: the models of this server answer in their place. */
const otherNames: readonly string[] = [
  "undertone",
  "whisper-1",
  "gpt-4o-transcribe",
  "gpt-4o-mini-transcribe",
  "gpt-4o-transcribe-diarize",
];

/** @throws Refusal `model-unknown` for a name that stands for none of the server's models */
export function assertModel(name: string, { name: own, transcriber }: ServedModel): void {
  if (name === own || name === transcriber || otherNames.includes(name)) return;
  const names = [own, transcriber, ...otherNames].filter((each) => each !== null).join(", ");
  throw new Refusal("model-unknown", `This server has the models ${names}.`);
}

const modelSchema = z
  .object({
    id: z.string(),
    object: z.literal("model"),
    created: z.number().int().openapi({ description: "When the server started, Unix seconds" }),
    owned_by: z.string(),
    kind: z.enum(["emotion", "transcriber"]),
    labels: z.array(z.string()).optional().openapi({ description: "The emotions that it knows" }),
  })
  .openapi("Model");

const listSchema = z.object({ object: z.literal("list"), data: z.array(modelSchema) });

/** `GET /v1/models`: the audio model and the transcriber, as OpenAI lists models. */
export function modelRoutes({ model }: Pick<Service, "model">) {
  const app = new OpenAPIHono<ServiceEnv>();
  const facts = {
    object: "model",
    created: Math.floor(model.startedAt / 1000),
    owned_by: "undertone",
  } as const;
  const models: z.infer<typeof modelSchema>[] = [
    { id: model.name, ...facts, kind: "emotion", labels: [...model.labels] },
  ];
  if (model.transcriber !== null) {
    models.push({ id: model.transcriber, ...facts, kind: "transcriber" });
  }
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/v1/models",
    operationId: "listModels",
    summary: "The models of this server",
    responses: answers({ "application/json": { schema: listSchema } }, "The models"),
  });
  app.get("/v1/models", (context) =>
    context.json<z.infer<typeof listSchema>>({ object: "list", data: models }),
  );
  app.openAPIRegistry.registerPath({
    method: "get",
    path: "/v1/models/{model}",
    operationId: "getModel",
    summary: "One of them",
    request: { params: z.object({ model: z.string() }) },
    responses: answers({ "application/json": { schema: modelSchema } }, "The model"),
  });
  app.get("/v1/models/:model{.+}", (context) => {
    const found = models.find(({ id }) => id === context.req.param("model"));
    if (found) return context.json<z.infer<typeof modelSchema>>(found);
    throw new Refusal("model-unknown", "There is no such model: see /v1/models");
  });
  return app;
}
