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
  recipes: ["datasets", "graph", "models"],
  training: ["audio", "graph", "evaluation", "models"],
  recognition: ["downloads", "audio", "text", "graph", "transcription", "models"],
  web: ["audio", "graph", "transcription", "models", "recognition"],
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
    "recognition",
  ],
  reports: ["audio", "evaluation", "datasets", "recipes", "recognition", "runs"],
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
    "recognition",
    "runs",
    "reports",
  ],
};

/** Modules that also run in the browser: only their `*.node.ts` adapters may import from Node. */
const browserModules = [
  "shared",
  "audio",
  "text",
  "graph",
  "evaluation",
  "transcription",
  "models",
  "training",
  "recognition",
  "web",
];

const root = resolve(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);
const roomOf = (file: string): string => file.split("/")[0] ?? "";
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(resolve(root, file), "utf8")
      .replaceAll(/\/\*\*.*?\*\//gs, "") // examples in doc comments import what they like
      .matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g),
  ].map((match) => match[1] ?? "");

test("every import points down the layer table", () => {
  const inRooms = files.filter((file) => file.includes("/") && !file.endsWith(".test.ts"));
  expect(inRooms.length).toBeGreaterThan(0);
  const broken = inRooms.flatMap((file) => {
    const allowed = [roomOf(file), "shared", ...(mayImport[roomOf(file)] ?? [])];
    return importsOf(file)
      .filter((target) => target.startsWith("."))
      .map((target) => relative(root, resolve(root, dirname(file), target)))
      .filter((target) => !allowed.includes(roomOf(target)))
      .map((target) => `${file} -> ${target}`);
  });
  expect(broken).toEqual([]);
});

test("rooms that run in a page import Node only through adapters", () => {
  const broken = files
    .filter((file) => browserModules.includes(roomOf(file)) && !/\.(node|test)\.ts$/.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter((target) => /^node:|\.node\.ts$|^onnxruntime-node$/.test(target))
        .map((target) => `${file} -> ${target}`),
    );
  expect(broken).toEqual([]);
});

test("the layer table has no cycles and names every module", () => {
  const visit = (room: string, path: readonly string[]): void => {
    expect(path).not.toContain(room);
    for (const next of mayImport[room] ?? []) visit(next, [...path, room]);
  };
  for (const module of Object.keys(mayImport)) visit(module, []);
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const folder of folders) expect(Object.keys(mayImport)).toContain(folder.name);
});
