/** What is installed with the package permits use in products whose source is closed. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

interface LockedPackage {
  readonly license?: string;
  readonly dev?: boolean;
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

test("licenses of what is installed with undertone", () => {
  const installed = Object.entries(lock.packages).filter(([path, { dev }]) => path !== "" && !dev);
  expect(installed.length).toBeGreaterThan(50);
  const others = installed
    .map(([path, { license = "none" }]) => ({
      name: path.replace(/.*node_modules\//, ""),
      license,
    }))
    .filter(({ name, license }) => !permits(license) && !loadedOnly.has(name));
  expect(others).toEqual([]);
});
