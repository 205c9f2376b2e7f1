import { z } from "zod";
import { allModels } from "../models/registry.ts";
import { recipeSchema } from "./recipe.ts";

/** Resolves to the JSON Schema of recipe files, by which editors complete and check them. */
export async function recipeJsonSchema(): Promise<object> {
  const all = recipeSchema(await allModels());
  const { properties, ...schema } = z.toJSONSchema(all, { io: "input" });
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
