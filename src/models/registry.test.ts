import { expect, test } from "vitest";
import { allModels, modelOfKind } from "./registry.ts";

test("each kind of model is found by its own name, and no other is", async () => {
  for (const model of await allModels()) expect(await modelOfKind(model.kind)).toBe(model);
  for (const kind of ["toString", "", undefined]) expect(await modelOfKind(kind)).toBeUndefined();
});
