import { summaries } from "./command-list.ts";
import { createCommand, createGroup, examples } from "./command.ts";
import { jsonOption } from "./options.ts";

const listCommand = createCommand(
  "list",
  "List the included recipes: name and description; with --json the kind of model too",
)
  .addOption(jsonOption)
  .addHelpText("after", examples("undertone recipes list"))
  .action(async ({ json }) => {
    const { readRecipe, recipeNames } = await import("../recipes/read-recipe.ts");
    const { printJson } = await import("./output.ts");
    const { formatTable } = await import("./table.ts");
    const recipes = [];
    for (const name of await recipeNames()) {
      const { description, model } = await readRecipe(name);
      recipes.push({ name, model: model.kind, description });
    }
    if (json) printJson({ format: 1, recipes });
    else {
      const rows = recipes.map(({ name, description = "" }) => [name, description]);
      console.log(formatTable(["recipe", "description"], rows));
    }
  });

const showCommand = createCommand("show", "Print a recipe as JSON, with all defaults")
  .argument("<recipe>", "Name or JSON file")
  .addHelpText("after", examples("undertone recipes show audio-cnn > my-recipe.json"))
  .action(async (name) => {
    const { readRecipe } = await import("../recipes/read-recipe.ts");
    const { printJson } = await import("./output.ts");
    printJson(await readRecipe(name));
  });

const schemaCommand = createCommand(
  "schema",
  'Print the JSON Schema of recipes for editors; a recipe names its file by "$schema": "./schema.json"',
)
  .addHelpText("after", examples("undertone recipes schema > my-recipes/schema.json"))
  .action(async () => {
    const { recipeJsonSchema } = await import("../recipes/json-schema.ts");
    const { printJson } = await import("./output.ts");
    printJson(await recipeJsonSchema());
  });

/** `undertone recipes`: what can be trained by name. */
export const recipesCommand = createGroup("recipes", summaries.recipes, [
  listCommand,
  showCommand,
  schemaCommand,
]);
