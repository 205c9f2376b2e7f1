import { z } from "zod";
import { isObject } from "../shared/is-object.ts";
import { allModels } from "../models/registry.ts";
import { recipeSchema } from "./recipe.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

const isSchema = (value: unknown): value is JsonSchema => isObject(value);

/** A schema inside another; JSON Schema allows `true` in its place, which says nothing. */
const schemaOf = (value: unknown): JsonSchema => (isSchema(value) ? value : {});

/** A kind of model whose settings stand further up. */
interface Described {
  readonly kind: string;
  readonly options: JsonSchema;
  readonly lines: readonly string[];
}

interface Place {
  readonly prefix?: string;
  readonly described?: readonly Described[];
}

/** Resolves to docs/reference/recipes.md: every setting of a recipe and of each kind of model, with type and default. */
export async function recipeReference(): Promise<string> {
  const definitions = await allModels();
  const { properties = {} } = z.toJSONSchema(recipeSchema(definitions), { io: "input" });
  const { model: _, ...settings } = properties;
  const described: Described[] = [];
  const kinds = definitions.map(({ kind, description, inputs, schema }) => {
    const options = withoutKind(z.toJSONSchema(schema, { io: "input" }));
    const lines = settingLines(options, { described });
    const unlike = withoutRepeats(lines, described);
    described.push({ kind, options, lines });
    return [`### \`${kind}\``, `${description} Input: ${inputs.join(", ")}.`, ...listOf(unlike)];
  });
  const paragraphs = [
    "# Recipes",
    "<!-- Written by `npm run docs` from src/recipes and src/models. Do not edit: change the schema and run the command again. -->",
    "A recipe is a JSON file with the settings of one training run. An unknown key is an error that names the nearest right one. `extends` names another recipe file; the file then says only what differs, and `null` removes a key. `undertone train RECIPE --set key=value` changes one setting.",
    "## Settings",
    ...listOf(settingLines({ properties: settings })),
    "## Kinds of models",
    "`model.kind` names one of these. The other settings of `model` depend on it.",
    ...kinds.flat(),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function listOf(lines: readonly string[]): string[] {
  return lines.length > 0 ? [lines.join("\n")] : [];
}

/** Names in one line what a kind further up has alike, where that is more than two settings. */
function withoutRepeats(lines: readonly string[], described: readonly Described[]): string[] {
  const [nearest] = described
    .map(({ kind, lines: known }) => ({
      kind,
      repeats: lines.filter((line) => known.includes(line)),
    }))
    .toSorted((a, b) => b.repeats.length - a.repeats.length);
  if (!nearest || nearest.repeats.length < 3) return [...lines];
  const { kind, repeats } = nearest;
  const names = repeats.map((line) => line.slice("- ".length, line.indexOf(":")));
  return [
    ...lines.filter((line) => !repeats.includes(line)),
    `- ${names.join(", ")}: as in \`${kind}\``,
  ];
}

/** A line for each setting, those inside an object after it, by their paths. */
function settingLines(schema: JsonSchema, { prefix = "", described = [] }: Place = {}): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const setting = schemaOf(value);
    const path = `${prefix}${key}`;
    const same = described.find(({ options }) => hasAll(options, setting));
    if (same) {
      return [`- \`${path}\`: object, with settings of \`${same.kind}\`: ${keysOf(setting)}`];
    }
    return [...settingLine(path, setting), ...innerLines(path, setting)];
  });
}

/** Whether all settings of an object are among those of a kind, with the same defaults. */
function hasAll(options: JsonSchema, { properties = {} }: JsonSchema): boolean {
  const entries = Object.entries(properties);
  const isSame = ([key, value]: [string, unknown]): boolean =>
    JSON.stringify(options.properties?.[key]) === JSON.stringify(value);
  return entries.length > 0 && entries.every(isSame);
}

function keysOf({ properties = {} }: JsonSchema): string {
  return Object.keys(properties)
    .map((key) => `\`${key}\``)
    .join(", ");
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
  if (setting.oneOf) return setting.oneOf.map((each) => kindLine(path, schemaOf(each)));
  if (setting.type === "array")
    return settingLines(schemaOf(setting.items), { prefix: `${path}[].` });
  return settingLines(setting, { prefix: `${path}.` });
}

/** One of several objects that `kind` tells apart, in one line. */
function kindLine(path: string, schema: JsonSchema): string {
  const kind = schemaOf(schema.properties?.["kind"]);
  const options = Object.entries(withoutKind(schema).properties ?? {}).map(([key, value]) => {
    const { default: fallback } = schemaOf(value);
    return fallback === undefined ? `\`${key}\`` : `\`${key}\` (${JSON.stringify(fallback)})`;
  });
  const names = (kind.enum ?? [kind.const]).map((name) => `\`${String(name)}\``).join(" or ");
  return `- \`${path}.kind\` ${names}${options.length > 0 ? `: ${options.join(", ")}` : ""}`;
}

function withoutKind({ properties = {} }: JsonSchema): JsonSchema {
  const { kind: _, ...others } = properties;
  return { properties: others };
}

function typeOf(setting: JsonSchema): string {
  const { type, enum: choices, prefixItems, anyOf } = setting;
  if (choices) return choices.map((choice) => `\`${String(choice)}\``).join(", ");
  if (anyOf) return anyOf.map((each) => typeOf(schemaOf(each))).join(" or ");
  if (type === "integer") return "integer";
  if (type === "number") return `number${limitsOf(setting)}`;
  if (type === "string") return "text";
  if (type === "boolean") return "`true` or `false`";
  if (prefixItems) return `pair of ${typeOf(schemaOf(prefixItems[0]))}s`;
  if (type === "array")
    return `list of ${typeOf(schemaOf(setting.items)).replace(/^(\w+)/, "$1s")}`;
  return "object";
}

function limitsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const [low, high] = [minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum];
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  return low === undefined ? "" : ` ${minimum === undefined ? "above" : "of at least"} ${low}`;
}
