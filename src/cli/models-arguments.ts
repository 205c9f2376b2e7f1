import { type ModelName, modelNames } from "../downloads/catalog.ts";
import { UndertoneError } from "../shared/errors.ts";
import { suggestion } from "./suggest.ts";

/**
 * Names of models as they stand on the command line, each once.
 * @throws UndertoneError `usage` for one that is not in the catalog
 */
export function namedModels(names: readonly string[]): ModelName[] {
  return [...new Set(names)].map((name) => {
    const known = modelNames.find((model) => model === name);
    if (known !== undefined) return known;
    const near = suggestion(name, modelNames);
    const message = `Unknown model "${name}".${near} Models: ${modelNames.join(", ")}.`;
    throw new UndertoneError("usage", message);
  });
}
