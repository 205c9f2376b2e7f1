/** The layer table below is the architecture. Change it on purpose, in review, or not at all. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** Module under src -> modules it may import. Its own module and `shared` are always allowed. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  downloads: [],
  audio: [],
  text: [],
  graph: [],
  evaluation: [],
  datasets: ["downloads", "audio", "text"],
  transcription: ["audio", "graph"],
  models: ["graph", "audio", "text", "evaluation"],
  training: ["audio", "graph", "models", "evaluation"],
  diarization: ["audio", "graph", "models"],
  recipes: ["audio", "datasets", "evaluation", "graph", "models"],
  recognition: ["downloads", "audio", "text", "graph", "transcription", "models", "diarization"],
  web: ["audio", "graph", "transcription", "models", "diarization", "recognition"],
  runs: [
    "downloads",
    "audio",
    "text",
    "graph",
    "evaluation",
    "datasets",
    "transcription",
    "models",
    "recipes",
    "training",
    "recipes",
    "diarization",
    "recognition",
  ],
  reports: ["audio", "evaluation", "datasets", "recipes", "recognition", "runs"],
  jobs: [],
  server: [
    "downloads",
    "audio",
    "graph",
    "evaluation",
    "datasets",
    "transcription",
    "models",
    "recipes",
    "recognition",
    "runs",
    "reports",
    "jobs",
  ],
  studio: [
    "audio",
    "text",
    "graph",
    "evaluation",
    "transcription",
    "models",
    "training",
    "recognition",
    "web",
    "reports",
    "server",
  ],
  cli: [
    "downloads",
    "audio",
    "text",
    "graph",
    "evaluation",
    "datasets",
    "transcription",
    "models",
    "recipes",
    "training",
    "recipes",
    "diarization",
    "recognition",
    "runs",
    "reports",
    "jobs",
    "server",
  ],
};

/** Modules that also run in the browser: only their `*.node.ts` adapters, and what builds a page, may import from Node. */
const browserModules = [
  "shared",
  "audio",
  "text",
  "graph",
  "evaluation",
  "transcription",
  "models",
  "training",
  "diarization",
  "recognition",
  "web",
  "studio",
];

const root = resolve(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
  /\.tsx?$/.test(file),
);
const moduleOf = (file: string): string => file.split("/")[0] ?? "";
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(resolve(root, file), "utf8")
      .replaceAll(/\/\*\*.*?\*\//gs, "") // examples in doc comments import what they like
      .matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g),
  ].map((match) => match[1] ?? "");

test("every import points down the layer table", () => {
  const inModules = files.filter((file) => file.includes("/") && !file.endsWith(".test.ts"));
  expect(inModules.length).toBeGreaterThan(0);
  const broken = inModules.flatMap((file) => {
    const allowed = [moduleOf(file), "shared", ...(mayImport[moduleOf(file)] ?? [])];
    return importsOf(file)
      .filter((target) => target.startsWith("."))
      .map((target) => relative(root, resolve(root, dirname(file), target)))
      .filter((target) => !allowed.includes(moduleOf(target)))
      .map((target) => `${file} -> ${target}`);
  });
  expect(broken).toEqual([]);
});

test("modules that run in the browser import Node only through adapters", () => {
  const broken = files
    .filter(
      (file) => browserModules.includes(moduleOf(file)) && !/\.(node|test|config)\.ts$/.test(file),
    )
    .flatMap((file) =>
      importsOf(file)
        .filter((target) => /^node:|\.node\.ts$|^onnxruntime-node$/.test(target))
        .map((target) => `${file} -> ${target}`),
    );
  expect(broken).toEqual([]);
});

test("the layer table has no cycles and names every module", () => {
  const visit = (module: string, path: readonly string[]): void => {
    expect(path).not.toContain(module);
    for (const next of mayImport[module] ?? []) visit(next, [...path, module]);
  };
  for (const module of Object.keys(mayImport)) visit(module, []);
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const folder of folders) expect(Object.keys(mayImport)).toContain(folder.name);
});

test("docs/architecture.md has the layer table", () => {
  const page = readFileSync(resolve(root, "../docs/architecture.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` +\|[^|]*\|([^|]*)\|([^|]*)\|$/gm)];
  const documented = rows.map(([, module = "", cell = "", browser = ""]) => {
    const names = [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    return [module, new Set(names), browser.includes("✓")];
  });
  const expected = Object.entries(mayImport).map(([module, names]) => {
    return [module, new Set(names), browserModules.includes(module)];
  });
  expect(documented).toEqual(expect.arrayContaining(expected));
  expect(documented).toHaveLength(expected.length);
});
