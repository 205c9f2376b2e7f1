import { z } from "zod";
import { recipeSchema } from "./recipe.ts";

/** Returns the JSON Schema of recipe files, by which editors complete and check them. */
export function recipeJsonSchema(): object {
  const { properties, ...schema } = z.toJSONSchema(recipeSchema(), { io: "input" });
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
