import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { corpusLicenses } from "./corpus-licenses.ts";
import { importers } from "./importers/registry.ts";
import { textCorpora } from "./text-corpora/registry.ts";

test("every known corpus of recordings or texts has a license", () => {
  const known = [...Object.keys(importers), ...textCorpora.map(({ name }) => name)];
  expect(known.filter((name) => !Object.hasOwn(corpusLicenses, name))).toEqual([]);
});

test("a license that names no commercial use, and one that nobody states, permit none", () => {
  const closed = Object.values(corpusLicenses).filter(({ license }) =>
    /NC|research|not stated/.test(license),
  );
  expect(closed.filter(({ commercialUse }) => commercialUse)).toEqual([]);
});

test("the reference has the same licenses", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/reference/corpora.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const wrong = Object.keys(importers).filter((name) => {
    const { license, commercialUse } = corpusLicenses[name]!;
    const cell = `| ${license}${commercialUse ? "" : " ✗"} `;
    return !rows.some((line) => line.startsWith(`| \`${name}\``) && line.includes(cell));
  });
  expect(wrong).toEqual([]);
});
