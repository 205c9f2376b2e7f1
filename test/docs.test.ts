/**
 * The documentation: generated files are fresh (`npm run docs` writes them), links lead somewhere,
 * commands can be typed, and it stays short.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { openCommandLine } from "../src/cli/commands.ts";
import { commandReference } from "../src/cli/reference.ts";
import { metricReference } from "../src/evaluation/reference.ts";
import { recipeJsonSchema } from "../src/recipes/json-schema.ts";
import { recipeNames } from "../src/recipes/read-recipe.ts";
import { recipeReference } from "../src/recipes/reference.ts";

const root = resolve(import.meta.dirname, "..");
const undertone = await openCommandLine();
const pages = ["README.md", "CONTRIBUTING.md", "models/README.md", "examples/README.md"].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
);
const recipes = await recipeNames();
const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

/** Without code, in which nothing is a link or a heading. */
const proseOf = (page: string): string => textOf(page).replaceAll(/^```[^]*?^```$/gm, "");

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}

describe("generated files are fresh", () => {
  test.each([
    ["docs/reference/cli.md", commandReference],
    ["docs/reference/metrics.md", metricReference],
    ["docs/reference/recipes.md", recipeReference],
    ["recipes/schema.json", async () => `${JSON.stringify(await recipeJsonSchema(), null, 2)}\n`],
  ])("%s", async (file, written) => {
    await expect(await written()).toMatchFileSnapshot(join(root, file));
  });
});

test.each(pages)("the links of %s lead to files and headings", (page) => {
  const links = [...proseOf(page).matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(([, link]) => link!);
  const broken = links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : relative(root, resolve(root, dirname(page), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
  expect(broken).toEqual([]);
});

/** Command lines in code, each on one line and without what a shell adds. */
function commandLinesOf(page: string): string[] {
  const text = textOf(page).replaceAll(/\\\n\s*/g, "");
  return [...text.matchAll(/(?:^|`|do )undertone ([a-z][^`;#\n]*)/gm)].map(([, line]) =>
    line!.trim(),
  );
}

/** What is wrong with a command line: a command, option or recipe that there is not. */
function problemsOf(line: string): string[] {
  const [first = "", second = "", third = ""] = line.split(/\s+/);
  const command = undertone.commands.find((each) => each.name() === first);
  const inner = command?.commands.find((each) => each.name() === second);
  if (!command || (command.commands.length > 0 && !inner)) return [`${first} ${second}`];
  const known = (inner ?? command).options.map(({ long }) => long);
  const flags = [...line.matchAll(/(?<=\s)--[a-z-]+/g)].map(([flag]) => flag);
  const named = first === "train" ? second : inner?.name() === "show" ? third : undefined;
  const isUnknown = named !== undefined && /^[a-z]/.test(named) && !recipes.includes(named);
  return flags.filter((flag) => !known.includes(flag)).concat(isUnknown ? [named] : []);
}

test.each(pages)("the commands in %s can be typed", (page) => {
  const broken = commandLinesOf(page).map((line) => [line, problemsOf(line)] as const);
  expect(broken.filter(([, problems]) => problems.length > 0)).toEqual([]);
});

/** Scores with their intervals, such as `77.8 (73.1 to 82.3)`. */
function scoresIn(page: string): string[] {
  const text = textOf(page).replaceAll("*", "");
  const scores = text.matchAll(/(\d+\.\d)(?: %)?[^()|\d]*\((\d+\.\d to \d+\.\d)/g);
  return [...scores].map(([, value, interval]) => `${value} (${interval})`);
}

test.each(pages)("the scores in %s are those of the results page", (page) => {
  const results = scoresIn("docs/results.md");
  expect(scoresIn(page).filter((score) => !results.includes(score))).toEqual([]);
});

test("the documentation has at most 17,500 words", () => {
  const counted = pages.filter((page) => page === "README.md" || page.startsWith("docs/"));
  const words = counted.flatMap((page) => textOf(page).match(/\S*[\p{L}\p{N}]\S*/gu) ?? []);
  expect(words.length).toBeLessThanOrEqual(17_500);
});
