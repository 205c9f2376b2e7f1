/** Chromium and Vite, for tests in the browser. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { createServer, type InlineConfig } from "vite";
import type { Closable } from "../../src/shared/closing.ts";

const executablePath = "/usr/bin/chromium";

/** Set by `npm run coverage`: the folder in which pages write their coverage. */
const pageCoverage = process.env["PAGE_COVERAGE"];

/** Whether Debian's Chromium is installed. */
export const hasChromium = existsSync(executablePath);

export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...args] });
}

/** Opens a page: in a browser with an empty cache, in a context with what other pages of it have kept. */
export async function openPage(
  browser: Pick<Browser | BrowserContext, "newPage">,
  url: string,
): Promise<Page> {
  const page = await browser.newPage();
  if (pageCoverage !== undefined) await page.coverage.startJSCoverage();
  await page.goto(url, { timeout: 120_000 }); // where all cores are busy, a page takes long to load
  return page;
}

/** Closes a page, once it has written which of the code that Vite serves it has run. */
export async function closePage(page: Page): Promise<void> {
  if (pageCoverage !== undefined) {
    const scripts = (await page.coverage.stopJSCoverage()).flatMap(servedScript);
    const coverage = {
      result: scripts.map(({ result }) => result),
      "source-map-cache": Object.fromEntries(scripts.map(({ result, map }) => [result.url, map])),
    };
    const file = `coverage-${process.pid}-${performance.now()}.json`;
    await writeFile(join(pageCoverage, file), JSON.stringify(coverage));
  }
  await page.close();
}

type ScriptCoverage = Awaited<ReturnType<Page["coverage"]["stopJSCoverage"]>>[number];

const inlineMap = /\/\/# sourceMappingURL=data:application\/json;(?:[^,]*;)?base64,(\S+)\s*$/;

/** A script as Node writes its coverage: by the address of its source, with its source map and the lengths of its lines. */
function servedScript({ url, scriptId, functions, source = "" }: ScriptCoverage) {
  const [, path] = /^\/@fs(\/.*)$/.exec(new URL(url).pathname) ?? [];
  const [, map] = inlineMap.exec(source) ?? [];
  if (path === undefined || map === undefined) return [];
  const lineLengths = source.split("\n").map(({ length }) => length);
  const data: unknown = JSON.parse(Buffer.from(map, "base64").toString());
  const result = { scriptId, url: pathToFileURL(path).href, functions };
  return [{ result, map: { url: null, data, lineLengths } }];
}

/** Serves a folder of sources with Vite, at `url`. */
export async function serveSources(
  config: InlineConfig,
): Promise<Closable & { readonly url: string }> {
  const server = await createServer({ ...config, configFile: false, logLevel: "error" });
  await server.listen();
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
