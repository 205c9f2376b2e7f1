/** The form of a recipe's options, from the JSON Schema of its kind. */
import { isObject } from "../../shared/is-object.ts";

type Schema = Readonly<Record<string, unknown>>;

/** How an option is entered; `json` where there is no better way. */
export type Control =
  | { readonly type: "flag" }
  | { readonly type: "choice"; readonly options: readonly string[] }
  | {
      readonly type: "number";
      readonly min?: number;
      readonly max?: number;
      readonly step: number | "any";
    }
  | { readonly type: "text" }
  | { readonly type: "json" };

/** One option of a recipe. */
export interface Field {
  /** `training.epochs` */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly control: Control;
  /** Of the recipe; `undefined` for an option that it leaves out. */
  readonly value: unknown;
}

/** Options that belong together. */
export interface FieldGroup {
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly fields: readonly Field[];
  readonly groups: readonly FieldGroup[];
}

/** Named by the form itself, or of files only. */
const omitted: readonly string[] = ["name", "description", "$schema", "extends"];

/** Returns the options of a recipe: its own values, with name, description and kind of input by the schema. */
export function recipeFields(schema: Schema, recipe: Schema): FieldGroup {
  return groupOf({ path: "", name: "", schema, value: recipe });
}

interface Node {
  readonly path: string;
  readonly name: string;
  readonly schema: Schema;
  readonly value: unknown;
}

function groupOf({ path, name, schema, value }: Node): FieldGroup {
  const values = isObject(value) ? value : {};
  const shape = variantOf(schema, values);
  const nodes = Object.entries(objectIn(shape["properties"])).flatMap(([key, of]): Node[] => {
    if ((path === "" && omitted.includes(key)) || !isObject(of)) return [];
    return [
      { path: path === "" ? key : `${path}.${key}`, name: key, schema: of, value: values[key] },
    ];
  });
  const isGroup = (node: Node): boolean =>
    "properties" in variantOf(node.schema, objectIn(node.value));
  return {
    path,
    name,
    description: textIn(schema["description"]),
    fields: nodes.filter((node) => !isGroup(node)).map(fieldOf),
    groups: nodes.filter(isGroup).map(groupOf),
  };
}

function fieldOf({ path, name, schema, value }: Node): Field {
  return {
    path,
    name,
    description: textIn(schema["description"]),
    control: controlOf(schema),
    value,
  };
}

/** Of several shapes the one whose `kind` the value has. */
function variantOf(schema: Schema, value: Schema): Schema {
  const variants = [schema["oneOf"], schema["anyOf"]].flat().filter((each) => isObject(each));
  const fits = (variant: Schema): boolean => {
    const kind = objectIn(objectIn(variant["properties"])["kind"]);
    return [kind["const"], kind["enum"]].flat().includes(value["kind"]);
  };
  return variants.find(fits) ?? schema;
}

function controlOf(schema: Schema): Control {
  const { type, enum: options } = schema;
  if (Array.isArray(options)) return { type: "choice", options: options.map(String) };
  if (typeof schema["const"] === "string") return { type: "choice", options: [schema["const"]] };
  if (type === "boolean") return { type: "flag" };
  if (type === "string") return { type: "text" };
  if (type !== "number" && type !== "integer") return { type: "json" };
  const min =
    numberIn(schema["minimum"]) ??
    (type === "integer" ? above(schema) : numberIn(schema["exclusiveMinimum"]));
  const max = numberIn(schema["maximum"]);
  return {
    type: "number",
    step: type === "integer" ? 1 : "any",
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

/** The least whole number above an exclusive minimum. */
function above(schema: Schema): number | undefined {
  const least = numberIn(schema["exclusiveMinimum"]);
  return least === undefined ? undefined : Math.floor(least) + 1;
}

const objectIn = (value: unknown): Schema => (isObject(value) ? value : {});
const textIn = (value: unknown): string => (typeof value === "string" ? value : "");
const numberIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

/** Returns what is shown of an option's value. */
export function shownValue({ control, value }: Pick<Field, "control" | "value">): string {
  if (value === undefined) return "";
  return control.type !== "json" && typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Returns the setting that gives an option what was entered; an empty entry removes it.
 * @throws SyntaxError for what must be JSON and is not
 */
export function settingOf(
  { path, control }: Pick<Field, "path" | "control">,
  entered: string,
): string {
  const isText = control.type === "text" || control.type === "choice";
  const json = entered.trim() === "" ? "null" : isText ? JSON.stringify(entered) : entered;
  if (control.type === "json") JSON.parse(json);
  return `${path}=${json}`;
}
