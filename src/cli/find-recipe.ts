import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UndertoneError } from "../shared/errors.ts";
import { suggestion } from "./suggest.ts";

const recipesFolder = fileURLToPath(new URL("../../recipes/", import.meta.url));

/** Returns the names of the recipes that come with undertone: their paths without `.json`. */
export async function recipeNames(): Promise<string[]> {
  const files = await readdir(recipesFolder, { recursive: true });
  return files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length).replaceAll("\\", "/"))
    .toSorted();
}

/**
 * Returns the path of a recipe: of a file, or of one that comes with undertone by its name.
 * @throws UndertoneError `file-not-found` naming the nearest one
 */
export async function findRecipe(nameOrPath: string): Promise<string> {
  const isFile = await stat(nameOrPath).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return nameOrPath;
  const names = await recipeNames();
  const name = nameOrPath.replace(/^(\.\/)?recipes\//, "").replace(/\.json$/, "");
  if (names.includes(name)) return join(recipesFolder, `${name}.json`);
  throw new UndertoneError(
    "file-not-found",
    `Recipe ${nameOrPath} is neither a file nor included.${suggestion(name, names)} To list the included ones: undertone recipes list`,
  );
}
