import { z } from "zod";
import type { ModelDefinition } from "../models/definition.ts";
import { isObject } from "../shared/is-object.ts";
import { models } from "../models/registry.ts";
import { recipeSchema } from "./recipe.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Returns docs/reference/recipes.md: every setting of a recipe and of each kind of model, with type and default. */
export function recipeReference(definitions: readonly ModelDefinition[] = models): string {
  const { properties = {} } = z.toJSONSchema(recipeSchema(definitions), { io: "input" });
  const { model: _, ...settings } = properties;
  const kinds = definitions.map(({ kind, description, inputs, schema }) => {
    const options = settingLines(withoutKind(z.toJSONSchema(schema, { io: "input" })));
    return [`### \`${kind}\``, `${description} Input: ${inputs.join(", ")}.`, ...listOf(options)];
  });
  const paragraphs = [
    "# Recipes",
    "<!-- Written by `npm run docs` from src/recipes and src/models. Do not edit: change the schema and run the command again. -->",
    "A recipe is a JSON file with the settings of one training run. An unknown key is an error that names the nearest right one. `extends` names another recipe file; the file then says only what differs, and `null` removes a key. `undertone train RECIPE --set key=value` changes one setting.",
    "## Settings",
    ...listOf(settingLines({ properties: settings as Record<string, JsonSchema> })),
    "## Kinds of models",
    "`model.kind` names one of these. The other settings of `model` depend on it.",
    ...kinds.flat(),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function listOf(lines: readonly string[]): string[] {
  return lines.length > 0 ? [lines.join("\n")] : [];
}

/** A line for each setting, those inside an object after it, by their paths. */
function settingLines(schema: JsonSchema, prefix = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const setting = value as JsonSchema;
    const path = `${prefix}${key}`;
    return [...settingLine(path, setting), ...innerLines(path, setting)];
  });
}

/** An object without a description says nothing that the lines of its settings do not. */
function settingLine(path: string, setting: JsonSchema): string[] {
  if (setting.type === "object" && setting.description === undefined) return [];
  const value = isPlain(setting.default) ? setting.default : kindOf(setting.default);
  const fallback =
    value === undefined ? "" : `, default \`${JSON.stringify(value).replaceAll(",", ", ")}\``;
  const description = setting.description === undefined ? "" : `. ${setting.description}`;
  return [`- \`${path}\`: ${typeOf(setting)}${fallback}${description}`];
}

/** Whether a default is worth a place in one line. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isPlain);
  return value !== undefined && (typeof value !== "object" || value === null);
}

/** Of the default of several objects that `kind` tells apart, which it is. */
function kindOf(value: unknown): unknown {
  return isObject(value) ? value["kind"] : undefined;
}

function innerLines(path: string, setting: JsonSchema): string[] {
  if (setting.oneOf) return setting.oneOf.map((each) => kindLine(path, each as JsonSchema));
  if (setting.type === "array") return settingLines(setting.items as JsonSchema, `${path}[].`);
  return settingLines(setting, `${path}.`);
}

/** One of several objects that `kind` tells apart, in one line. */
function kindLine(path: string, schema: JsonSchema): string {
  const kind = schema.properties?.["kind"] as JsonSchema;
  const options = Object.entries(withoutKind(schema).properties ?? {}).map(([key, value]) => {
    const { default: fallback } = value as JsonSchema;
    return fallback === undefined ? `\`${key}\`` : `\`${key}\` (${JSON.stringify(fallback)})`;
  });
  const names = (kind.enum ?? [kind.const]).map((name) => `\`${String(name)}\``).join(" or ");
  return `- \`${path}.kind\` ${names}${options.length > 0 ? `: ${options.join(", ")}` : ""}`;
}

function withoutKind({ properties: { kind: _, ...properties } = {} }: JsonSchema): JsonSchema {
  return { properties };
}

function typeOf(setting: JsonSchema): string {
  const { type, enum: choices, prefixItems, anyOf } = setting;
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(", ");
  if (anyOf) return anyOf.map((each) => typeOf(each as JsonSchema)).join(" or ");
  if (type === "integer") return "integer";
  if (type === "number") return `number${limitsOf(setting)}`;
  if (type === "string") return "text";
  if (type === "boolean") return "`true` or `false`";
  if (prefixItems) return `pair of ${typeOf((prefixItems as JsonSchema[])[0]!)}s`;
  if (type === "array") return `list of ${typeOf(setting.items as JsonSchema).replace(/^(\w+)/, "$1s")}`;
  return "object";
}

function limitsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const [low, high] = [minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum];
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  return low === undefined ? "" : ` ${minimum === undefined ? "above" : "of at least"} ${low}`;
}
