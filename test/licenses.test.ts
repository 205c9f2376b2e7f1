/** What is installed or shipped with the package permits use in products whose source is closed, and is named. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "OFL-1.1",
  "Unlicense",
  "MPL-2.0", // of files, not of programs that use them
]);

/** Under the LGPL, which permits programs that load them as packages of their own. */
const loadedOnly = new Set(["codec-parser"]);

/** Of an SPDX expression. */
function permits(license: string): boolean {
  const alternatives = license.replaceAll(/[()]/g, "").split(" OR ");
  return alternatives.some((all) => all.split(" AND ").every((one) => permissive.has(one)));
}

const root = resolve(import.meta.dirname, "..");
const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);
const { devDependencies = {} }: { readonly devDependencies?: Readonly<Record<string, string>> } =
  JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Packages of development that are built into the studio's page, and what these need. */
function builtIn(): Set<string> {
  const folder = join(root, "src/studio");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|css)$/.test(name) && !/(\.test|\.config)\.ts$/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    Object.keys(lock.packages[`node_modules/${name}`]?.dependencies ?? {}).forEach(add);
  };
  for (const name of Object.keys(devDependencies)) {
    if (name === "vite" || name.startsWith("@types/")) continue;
    if (sources.some((text) => text.includes(`"${name}"`) || text.includes(`"${name}/`))) add(name);
  }
  return found;
}

interface Shipped extends LockedPackage {
  readonly name: string;
  readonly path: string;
}

function shipped(): Shipped[] {
  const ofStudio = builtIn();
  return Object.entries(lock.packages)
    .map(([path, locked]) => ({ ...locked, path, name: path.replace(/.*node_modules\//, "") }))
    .filter(({ path, name, dev }) => path !== "" && (!dev || ofStudio.has(name)))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

test("licenses of what is installed with undertone, or built into it", () => {
  const installed = shipped();
  expect(installed.length).toBeGreaterThan(50);
  expect(installed.map(({ name }) => name)).toContain("preact");
  const others = installed
    .map(({ name, license = "none" }) => ({ name, license }))
    .filter(({ name, license }) => !permits(license) && !loadedOnly.has(name));
  expect(others).toEqual([]);
});

/** A package's license file, and its notice where it has one. */
function licenseText({ path }: Shipped): string {
  const folder = join(root, path);
  if (!existsSync(folder)) return "";
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim())
    .join("\n\n");
}

const introduction = `Third-party notices of Undertone

Undertone is under the MIT license. It is installed with the packages below, each under its own license; parts of some are
built into dist/studio. Two hold code under the GNU Lesser General Public License. Undertone loads both, unchanged, as
packages of their own, which can be replaced by others of the same interface:

  codec-parser     LGPL-3.0-or-later   https://github.com/eshaz/codec-parser
  mpg123-decoder   itself MIT; holds mpg123, LGPL-2.1   https://github.com/eshaz/wasm-audio-decoders

@audio/decode-aac, which decodes AAC and ALAC, is under the GPL 2.0. It is no part of Undertone, and is not installed unless
you do so.
`;

/** Packages with the same license text stand together. */
function notices(): string {
  const byText = new Map<string, string[]>();
  for (const each of shipped()) {
    const text = licenseText(each) || `License: ${each.license}`;
    const names = byText.get(text) ?? [];
    const line = `${each.name} ${each.version} (${each.license})`;
    byText.set(text, names.includes(line) ? names : [...names, line]);
  }
  const parts = [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  return [introduction, ...parts].join(`\n${"-".repeat(80)}\n\n`);
}

test("THIRD-PARTY-NOTICES names them all: npm run notices writes it", async () => {
  await expect(notices()).toMatchFileSnapshot("../THIRD-PARTY-NOTICES");
});
