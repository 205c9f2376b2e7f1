import { z } from "@hono/zod-openapi";

const size = z.number().int().min(0);

const requestInputSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().min(1)).min(1).max(8),
  datatype: z.literal("FP32"),
  parameters: z.looseObject({ binary_data_size: size.optional() }).optional(),
  data: z.array(z.unknown()).optional().openapi({ description: "Numbers, flat or nested" }),
});

const requestOutputSchema = z.object({
  name: z.string(),
  parameters: z.looseObject({ binary_data: z.boolean().optional() }).optional(),
});

/** The body of an inference, or its head where tensors follow as bytes. */
export const inferenceRequestSchema = z
  .object({
    id: z.string().max(200).optional(),
    parameters: z.looseObject({ binary_data_output: z.boolean().optional() }).optional(),
    inputs: z.array(requestInputSchema).min(1).max(8),
    outputs: z.array(requestOutputSchema).max(8).optional(),
  })
  .openapi("InferenceRequest");

export type InferenceRequest = z.infer<typeof inferenceRequestSchema>;

const responseOutputSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int()),
  datatype: z.literal("FP32"),
  parameters: z.object({ binary_data_size: size }).optional(),
  data: z.array(z.number()).optional(),
});

export const inferenceResponseSchema = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(responseOutputSchema),
  })
  .openapi("InferenceResponse");

export type InferenceResponse = z.infer<typeof inferenceResponseSchema>;

/** What every answer that is no success has. */
export const inferenceErrorSchema = z.object({ error: z.string() }).openapi("InferenceError");

const tensorSchema = z.object({
  name: z.string(),
  datatype: z.literal("FP32"),
  shape: z.array(z.number().int()).openapi({ description: "-1 is any length" }),
});

export const modelMetadataSchema = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(tensorSchema),
    outputs: z.array(tensorSchema),
  })
  .openapi("InferenceModel");
