import { describe, expect, test } from "vitest";
import { lineageOf } from "./lineage.ts";

test("what is wrong with a file names it", async () => {
  await expect(lineageOf(import.meta.filename)).rejects.toMatchObject({
    code: "model-invalid",
    message: expect.stringContaining(`${import.meta.filename}: `),
  });
});

describe("the lineage of the models in the package", () => {
  test("open is trained on nothing that forbids commercial use", async () => {
    const { corpora, commercialUse } = await lineageOf("open");
    expect(corpora.map(({ corpus }) => corpus)).toContain("crema-d");
    expect(corpora.filter(({ commercialUse: permitted }) => !permitted)).toEqual([]);
    expect(commercialUse).toBe(true);
  });

  test("the others say that RAVDESS forbids it", async () => {
    for (const model of ["default", "small"]) {
      const { corpora, commercialUse } = await lineageOf(model);
      const forbidding = corpora.filter(({ commercialUse: permitted }) => !permitted);
      expect(forbidding.map(({ corpus }) => corpus)).toEqual(["ravdess"]);
      expect(commercialUse).toBe(false);
    }
  });

  test("the text model may be sold, by its name and by its file", async () => {
    const file = new URL("../../models/words.onnx", import.meta.url).pathname;
    expect(await lineageOf("words")).toMatchObject({ commercialUse: true });
    expect(await lineageOf(file)).toEqual(await lineageOf("words"));
  });
});
