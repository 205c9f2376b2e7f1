/** `Dockerfile` and `compose.yaml`, as far as they can be checked without Docker. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Script } from "node:vm";
import { expect, test } from "vitest";
import { serveCommand } from "../src/cli/serve.ts";

const root = resolve(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(resolve(root, name), "utf8");
const manifest: { engines: { node: string }; files: string[]; scripts: Record<string, string> } =
  JSON.parse(read("package.json"));

/** Instructions, each with its words: those of JSON lists too. */
const instructions = read("Dockerfile")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => {
    const [, name = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    return { name, rest };
  });
const of = (wanted: string): string[] =>
  instructions.filter(({ name }) => name === wanted).map(({ rest }) => rest);
function wordsOf(text: string): string[] {
  const words: string[] = JSON.parse(text);
  return words;
}

test("both stages name one exact version of Node that the package runs on", () => {
  const versions = of("FROM").map((from) => /^node:(\d+\.\d+\.\d+)-[a-z]+-slim\b/.exec(from)?.[1]);
  expect(new Set(versions).size).toBe(1);
  const [major, minor] = versions[0]!.split(".").map(Number);
  const [, leastMajor, leastMinor] = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node)!;
  expect(major).toBe(Number(leastMajor));
  expect(minor).toBeGreaterThanOrEqual(Number(leastMinor));
});

test("what is copied exists, and is all that the package needs", () => {
  const copied = of("COPY").flatMap((rest) => {
    const words = rest.split(" ").filter((word) => !word.startsWith("--"));
    return words.slice(0, -1).map((word) => word.replace(/^\/src\//, ""));
  });
  const made = ["dist", "node_modules"];
  expect(copied.filter((path) => !made.includes(path) && !existsSync(resolve(root, path)))).toEqual(
    [],
  );
  const shipped = manifest.files.filter((path) => !path.startsWith("!"));
  expect(copied).toEqual(expect.arrayContaining([...shipped, "package.json", "node_modules"]));
  for (const [, script] of of("RUN")
    .join(" ")
    .matchAll(/npm run (\S+)/g)) {
    expect(manifest.scripts).toHaveProperty(script!);
  }
});

test("it runs as a user without rights, with a health check, and a command that exists", () => {
  const last = instructions.map(({ name }) => name);
  expect(of("USER")).toEqual(["node"]);
  expect(last.indexOf("USER")).toBeLessThan(last.indexOf("ENTRYPOINT"));
  expect(of("HEALTHCHECK")[0]).toContain("/health");
  const health = wordsOf(/CMD (\[.*\])$/.exec(of("HEALTHCHECK")[0]!)![1]!);
  expect(() => new Script(health[2]!)).not.toThrow();
  expect(wordsOf(of("ENTRYPOINT")[0]!)).toEqual(["node", "dist/cli/main.js"]);
  const [command, ...words] = wordsOf(of("CMD")[0]!);
  expect(command).toBe(serveCommand.name());
  const options = words.filter((word) => word.startsWith("--"));
  const known = serveCommand.options.map(({ long }) => long);
  expect(known).toEqual(expect.arrayContaining(options));
  expect(words[words.indexOf("--port") + 1]).toBe(of("EXPOSE")[0]);
});

test("compose publishes the port to this machine alone, and needs a token", () => {
  const compose = read("compose.yaml");
  expect(compose).toMatch(/^ +- "127\.0\.0\.1:8150:8150"$/m);
  expect(compose).toMatch(/^ +UNDERTONE_TOKEN: \$\{UNDERTONE_TOKEN:\?/m);
  expect(compose).toMatch(/^ +read_only: true$/m);
  expect(compose).toMatch(/^ +- undertone:\/data$/m);
  expect(of("VOLUME")).toEqual(["/data"]);
  expect(compose).not.toMatch(/\t|privileged/);
});
