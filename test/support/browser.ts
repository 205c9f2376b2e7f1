/** Chromium and Vite, for tests in the browser. */
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { createServer, type InlineConfig } from "vite";
import type { Closable } from "../../src/shared/closing.ts";

const executablePath = "/usr/bin/chromium";

/** Whether Debian's Chromium is installed. */
export const hasChromium = existsSync(executablePath);

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** Serves a folder of sources with Vite, at `url`. */
export async function serveSources(
  config: InlineConfig,
): Promise<Closable & { readonly url: string }> {
  const server = await createServer({ ...config, configFile: false, logLevel: "error" });
  await server.listen();
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
