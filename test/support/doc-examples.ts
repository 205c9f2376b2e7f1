import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import packageJson from "../../package.json" with { type: "json" };

const root = resolve(import.meta.dirname, "../..");

/** A public function of an entry point of the package, and the code of its `@example`, if it has one. */
export interface DocumentedFunction {
  /** `undertone/audio: mfcc` */
  readonly name: string;
  readonly example: string | undefined;
}

/** Source paths of the package's entry points by the name that programs import. */
export const entryPoints: ReadonlyMap<string, string> = new Map(
  Object.entries(packageJson.exports).flatMap(([key, target]) =>
    typeof target === "object" && "default" in target
      ? [[join("undertone", key), sourceOf(target.default)]]
      : [],
  ),
);

function sourceOf(compiled: string): string {
  return join(root, compiled.replace("./dist/", "src/").replace(/\.js$/, ".ts"));
}

/** Returns the functions, not the classes, that an entry point exports, each with its example. */
export async function documentedFunctions(entryPoint: string): Promise<DocumentedFunction[]> {
  const path = entryPoints.get(entryPoint)!;
  const exports: Record<string, unknown> = await import(pathToFileURL(path).href);
  const functions = Object.entries(exports).filter(
    ([, value]) => typeof value === "function" && !String(value).startsWith("class"),
  );
  return Promise.all(
    functions.map(async ([name]) => ({
      name: `${entryPoint}: ${name}`,
      example: exampleOf((await docCommentOf(name, path)) ?? ""),
    })),
  );
}

/** Returns the doc comment of what a module declares or exports again under a name. */
async function docCommentOf(name: string, path: string): Promise<string | undefined> {
  const source = await readFile(path, "utf8");
  const declared = new RegExp(`export (async )?(function\\*?|const) ${name}\\b`).exec(source);
  if (declared !== null) {
    return /\/\*\*(?:(?!\*\/).)*\*\/\s*$/s.exec(source.slice(0, declared.index))?.[0];
  }
  for (const [, list = "", module = ""] of source.matchAll(
    /(?:export|import) \{([^}]*)\} from "(\.[^"]*)"/g,
  )) {
    const exported = list.split(",").map((item) => item.trim().split(" as "));
    const original = exported.find((names) => names.at(-1) === name)?.[0];
    if (original !== undefined) return docCommentOf(original, join(dirname(path), module));
  }
  return undefined;
}

function exampleOf(comment: string): string | undefined {
  const lines = comment.split("\n").map((line) => line.replace(/^ \* ?/, ""));
  return /@example\n```ts\n(.*?)\n```/s.exec(lines.join("\n"))?.[1];
}

/**
 * Returns an example as a module that imports from the sources and exports `shown`: pairs of a constant and the value in
 * the comment behind it, as in `const hz = melToHz(15, "slaney"); // → 1000`.
 */
export function exampleModule(example: string): string {
  const imported = example.replace(
    /(from|import\() ?"(undertone[^"]*)"/g,
    (_, keyword: string, name: string) =>
      `${keyword}${keyword === "from" ? " " : ""}"${entryPoints.get(name) ?? name}"`,
  );
  const shown = [...example.matchAll(/^const (\w+) = .*; \/\/ → (.*)$/gm)];
  const pairs = shown.map(([, name, value]) => `[${name}, ${value}]`);
  return `${imported}\nexport const shown: unknown[][] = [${pairs.join(", ")}];\n`;
}
