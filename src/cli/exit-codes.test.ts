import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { exitCodes } from "./exit-codes.ts";

test("every error has an exit code of its own, and the documentation has the same table", () => {
  const text = readFileSync(resolve(import.meta.dirname, "../../docs/cli.md"), "utf8");
  const rows = [...text.matchAll(/^\| +(\d+) +\| `([a-z-]+)` +\|/gm)];
  const documented = Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)]));
  expect(documented).toEqual(exitCodes);
  expect(new Set([0, 1, ...Object.values(exitCodes)]).size).toBe(rows.length + 2);
});
