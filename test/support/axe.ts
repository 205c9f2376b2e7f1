/** What people with disabilities stumble over, by axe-core. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const require = createRequire(import.meta.url);
const axePath = require.resolve("axe-core/axe.min.js");

declare global {
  // oxlint-disable-next-line no-var -- how TypeScript declares a global
  var axe:
    | {
        run(): Promise<{
          violations: { id: string; impact: string; nodes: { html: string }[] }[];
        }>;
      }
    | undefined;
}

/** Resolves to the rules that a page violates seriously, each with the elements that do. */
export async function seriousViolations(page: Page): Promise<unknown[]> {
  await page.evaluate(await readFile(axePath, "utf8"));
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe!.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  });
}
