import { OpenAPIHono } from "@hono/zod-openapi";
import { analyzeFile } from "./analyze-file.ts";
import { analysisSchema } from "./analysis-schema.ts";
import { answers, fileSchema } from "./documented.ts";
import type { Service, ServiceEnv } from "./service.ts";
import { formOf, recognitionOf, settingsSchema } from "./settings.ts";
import { onlyFile, withUpload } from "./uploads/with-upload.ts";

/** `POST /v1/audio/emotions`: the analysis of a recording as `undertone analyze --json` prints it. */
export function emotionRoutes(service: Service) {
  const app = new OpenAPIHono<ServiceEnv>();
  app.openAPIRegistry.registerPath({
    method: "post",
    path: "/v1/audio/emotions",
    operationId: "createEmotions",
    summary: "Emotion over time, from voice and words",
    request: {
      body: {
        required: true,
        content: {
          "multipart/form-data": { schema: settingsSchema.extend({ file: fileSchema }) },
          "audio/*": { schema: fileSchema },
        },
      },
      query: settingsSchema,
    },
    responses: answers({ "application/json": { schema: analysisSchema } }, "The analysis"),
  });
  app.post("/v1/audio/emotions", (context) => {
    service.pool.assertRoom();
    const ofQuery = new Map(Object.entries(context.req.queries()));
    return withUpload(service, context, {
      maxFiles: 1,
      work: async (upload) => {
        const { path, name } = onlyFile(upload);
        const fields = new Map([...ofQuery, ...upload.fields]);
        const recognition = recognitionOf(formOf(settingsSchema, { fields }));
        const { signal } = upload;
        return context.json(await analyzeFile(service, { path, name, recognition, signal }));
      },
    });
  });
  return app;
}
