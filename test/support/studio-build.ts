/** Builds the studio once for all tests in Chromium. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { hasChromium } from "./browser.ts";
import { buildStudio } from "./studio.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the built page; empty without Chromium. */
    readonly studioPage: string;
  }
}

/** Provides the built page as `studioPage`, and returns what removes it. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!hasChromium) {
    provide("studioPage", "");
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "undertone-page-"));
  await buildStudio(folder);
  provide("studioPage", folder);
  return () => rm(folder, { recursive: true });
}
