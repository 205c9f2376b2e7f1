import type { Service } from "./service.ts";

/** Returns the head of the OpenAPI document. @see https://spec.openapis.org/oas/v3.1.0 */
export const document = ({ version }: Pick<Service, "version">) => ({
  openapi: "3.1.0",
  info: {
    title: "Undertone",
    version,
    description: "Emotion in speech, from voice and words, with OpenAI's interface for transcripts",
    license: { name: "MIT", identifier: "MIT" },
  },
  security: [{ token: [] }],
});
