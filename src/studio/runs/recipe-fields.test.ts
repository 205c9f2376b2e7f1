import { expect, test } from "vitest";
import { jsonSchemaOf } from "../../recipes/json-schema.ts";
import { readExperiment } from "../../recipes/read-recipe.ts";
import {
  recipeFields,
  settingOf,
  shownValue,
  type Field,
  type FieldGroup,
} from "./recipe-fields.ts";

const allIn = ({ fields, groups }: FieldGroup): Field[] => [...fields, ...groups.flatMap(allIn)];

async function fieldsOf(name: string): Promise<Map<string, Field>> {
  const { recipe, model } = await readExperiment(name, { settings: [] });
  const group = recipeFields(jsonSchemaOf([model]), recipe);
  return new Map(allIn(group).map((field) => [field.path, field]));
}

test("options are entered as their schema says, with the recipe's values", async () => {
  const fields = await fieldsOf("audio-cnn");
  expect(fields.get("training.epochs")).toMatchObject({
    description: "Passes over the training split, at most",
    control: { type: "number", min: 1, step: 1 },
  });
  expect(fields.get("protocol")?.control.type).toBe("choice");
  expect(fields.get("features.scale")).toMatchObject({
    control: { type: "choice", options: ["slaney", "htk"] },
  });
  expect(fields.get("training.optimizer.weightDecay")?.control.type).toBe("number");
  expect(fields.has("name")).toBe(false);
});

test.each(["audio-cnn", "text-gru", "fusion-gated", "linear-probe"])(
  "an untouched form of %s gives the same recipe",
  async (name) => {
    const { recipe } = await readExperiment(name, { settings: [] });
    const settings = [...(await fieldsOf(name)).values()]
      .filter(({ value }) => value !== undefined)
      .map((field) => settingOf(field, shownValue(field)));
    expect(settings.length).toBeGreaterThan(10);
    expect((await readExperiment(name, { settings })).recipe).toEqual(recipe);
  },
);

const at = (type: "text" | "json"): Pick<Field, "path" | "control"> => ({
  path: "a.b",
  control: { type },
});

test("a setting is JSON, and an empty entry removes the option", () => {
  expect(settingOf(at("text"), '"x"')).toBe(String.raw`a.b="\"x\""`);
  expect(settingOf(at("json"), "[1,2]")).toBe("a.b=[1,2]");
  expect(settingOf(at("json"), " ")).toBe("a.b=null");
  expect(() => settingOf(at("json"), "[1")).toThrow(SyntaxError);
});
