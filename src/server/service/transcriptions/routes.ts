import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Analysis } from "../../../recognition/analysis.ts";
import { Refusal } from "../../refusal.ts";
import { analyzeFile } from "../analyze-file.ts";
import { answers } from "../documented.ts";
import { errorBody } from "../error-answer.ts";
import { assertModel } from "../model-routes.ts";
import type { Service, ServiceEnv } from "../service.ts";
import { formOf } from "../settings.ts";
import { onlyFile, withUpload } from "../uploads/with-upload.ts";
import {
  diarizedSegments,
  textOf,
  toDiarized,
  toPlain,
  toSubtitles,
  toVerbose,
} from "./formats.ts";
import {
  diarizedSchema,
  plainSchema,
  transcriptionFormSchema,
  transcriptionSchema,
  verboseSchema,
  type TranscriptionOptions,
} from "./schemas.ts";

/** So often something is sent on a stream whose recording is still analyzed, so that proxies keep it open. */
const heartbeatMs = 10_000;

/**
 * `POST /v1/audio/transcriptions`, as OpenAI has it.
 * @see https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export function transcriptionRoutes(service: Service) {
  const app = new OpenAPIHono<ServiceEnv>();
  const content = {
    "application/json": { schema: z.union([plainSchema, verboseSchema, diarizedSchema]) },
    "text/plain": { schema: z.string() },
    "text/event-stream": { schema: z.string() },
  };
  app.openAPIRegistry.registerPath({
    method: "post",
    path: "/v1/audio/transcriptions",
    operationId: "createTranscription",
    summary: "The words of a recording in OpenAI's formats, with the emotion of each segment",
    request: {
      body: {
        required: true,
        content: { "multipart/form-data": { schema: transcriptionFormSchema } },
      },
    },
    responses: answers(content, "The transcript"),
  });
  app.post("/v1/audio/transcriptions", (context) => {
    if (service.model.transcriber === null) {
      throw new Refusal("model-unknown", "This server has no transcriber: use /v1/audio/emotions");
    }
    service.pool.assertRoom();
    return withUpload(service, context, {
      maxFiles: 1,
      work: async (upload) => {
        const { path, name } = onlyFile(upload);
        const options = optionsOf(upload.fields, service);
        const { language, response_format: format } = options;
        const diarize = options.diarize ?? format === "diarized_json";
        const { signal } = upload;
        const recognition = { language, diarize };
        const analysis = analyzeFile(service, { path, name, recognition, signal });
        if (!options.stream) return answer(context, await analysis, options);
        upload.keepUntil(analysis);
        return answerEvents(context, analysis, options);
      },
    });
  });
  return app;
}

/** @throws Refusal `body-invalid`, `model-unknown` */
function optionsOf(
  fields: ReadonlyMap<string, readonly string[]>,
  { model }: Pick<Service, "model">,
): TranscriptionOptions {
  const options = formOf(transcriptionSchema, { fields });
  assertModel(options.model, model);
  const { response_format: format, timestamp_granularities: granularities, stream } = options;
  if (granularities.includes("word") && format !== "verbose_json") {
    const message = "Times of words are in the format verbose_json alone.";
    throw new Refusal("body-invalid", message);
  }
  if (stream && !["json", "text", "diarized_json"].includes(format)) {
    throw new Refusal("body-invalid", `The format ${format} cannot be streamed.`);
  }
  return options;
}

function answer(
  context: Context<ServiceEnv>,
  analysis: Analysis,
  options: TranscriptionOptions,
): Response {
  switch (options.response_format) {
    case "json":
      return context.json(toPlain(analysis));
    case "verbose_json":
      return context.json(toVerbose(analysis, options.timestamp_granularities));
    case "diarized_json":
      return context.json(toDiarized(analysis));
    case "text":
      return context.text(`${textOf(analysis)}\n`);
    case "srt":
      return context.text(toSubtitles(analysis, "srt"));
    default:
      return context.body(toSubtitles(analysis, "vtt"), 200, {
        "content-type": "text/vtt; charset=utf-8",
      });
  }
}

/** Answers with OpenAI's events. What goes wrong after they began is an event too. */
function answerEvents(
  context: Context<ServiceEnv>,
  promised: Promise<Analysis>,
  { response_format: format }: TranscriptionOptions,
): Response {
  return streamSSE(context, async (stream) => {
    const send = (event: object): Promise<void> => stream.writeSSE({ data: JSON.stringify(event) });
    const heartbeat = setInterval(() => void stream.write(": at work\n\n"), heartbeatMs);
    try {
      const analysis = await promised;
      const { text, usage } = toPlain(analysis);
      for (const segment of diarizedSegments(analysis)) {
        const { text: delta } = segment;
        if (format === "diarized_json") await send(segment);
        else if (delta !== "") await send({ type: "transcript.text.delta", delta: `${delta} ` });
      }
      await send({ type: "transcript.text.done", text, usage });
    } catch (error) {
      await send(errorBody(error).body);
    } finally {
      clearInterval(heartbeat);
    }
  });
}
