import { Hono } from "hono";
import { jsonSchemaOf } from "../recipes/json-schema.ts";
import { readExperiment, recipeNames } from "../recipes/read-recipe.ts";
import type { RecipeForm, RecipeRow } from "./api.ts";
import { Refusal } from "./refusal.ts";

/** Lists the recipes that come with the package, each with the schema of its options. */
export function recipeRoutes() {
  return new Hono()
    .get("/", async (context) => {
      const rows: RecipeRow[] = [];
      for (const name of await recipeNames()) {
        const { recipe, model } = await readExperiment(name, { settings: [] });
        rows.push({ name, kind: model.kind, description: recipe.description ?? "" });
      }
      return context.json<RecipeRow[]>(rows);
    })
    .get("/:name", async (context) => {
      const name = context.req.param("name");
      if (!(await recipeNames()).includes(name)) {
        throw new Refusal("not-found", `There is no recipe ${name}.`);
      }
      const { recipe, model } = await readExperiment(name, { settings: [] });
      return context.json<RecipeForm>({ recipe, schema: jsonSchemaOf([model]) });
    });
}
