import { z } from "zod";
import type { ModelDefinition } from "../models/definition.ts";
import { allModels } from "../models/registry.ts";
import { recipeSchema } from "./recipe.ts";

/** Resolves to the JSON Schema of recipe files, by which editors complete and check them. */
export async function recipeJsonSchema(): Promise<object> {
  const { properties, ...schema } = jsonSchemaOf(await allModels());
  return {
    title: "Recipe of Undertone",
    ...schema,
    // Of a recipe that extends another, what the other has may be left out.
    required: ["name"],
    properties: {
      $schema: { type: "string" },
      extends: { type: "string", description: "Another recipe, of which this is the difference" },
      ...properties,
    },
  };
}

/** Returns the JSON Schema of the recipes of some kinds of models, as they are when nothing is left out or extended. */
export function jsonSchemaOf(definitions: readonly ModelDefinition[]) {
  return z.toJSONSchema(recipeSchema(definitions), { io: "input" });
}
