import { spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { modelsFolderOf } from "../downloads/model-files.ts";
import { startStudio } from "../server/start-studio.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { StudioCommandOptions } from "./studio.ts";

const inPackage = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

const loopback = ["127.0.0.1", "localhost", "::1"];

/** Serves the studio until Ctrl-C. @throws UndertoneError `file-not-found` in a clone without a build, `usage` */
export async function runStudio({
  runs,
  data = [],
  port,
  host,
  open,
}: StudioCommandOptions): Promise<void> {
  const page = inPackage("dist/studio/");
  await access(`${page}index.html`).catch((cause: unknown) => {
    const message = "The page of the studio is not built. Build it once: npm run build:studio";
    throw new UndertoneError("file-not-found", message, { cause });
  });
  const require = createRequire(import.meta.url);
  const { version }: { readonly version: string } = require("../../package.json");
  const studio = await startStudio({
    port,
    host,
    runsFolder: runs,
    data,
    version,
    command: [process.execPath, ...process.execArgv, process.argv[1]!],
    folders: {
      page,
      models: inPackage("models/"),
      downloadedModels: modelsFolderOf(process.env),
      runtime: dirname(require.resolve("onnxruntime-web/wasm")),
    },
  });
  console.log(`Studio: ${studio.url}`);
  if (!loopback.includes(host)) {
    console.log(
      "Others in this network who know this address can use it, and it is not encrypted.",
    );
  }
  console.log("Press Ctrl-C to stop.");
  if (open) openBrowser(studio.url);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  process.stderr.write("\nStopping. Trainings finish their step first.\n");
  await studio.close();
}

/** The address is printed too, so that nothing depends on it. */
function openBrowser(url: string): void {
  const programs: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ["open"],
    win32: ["rundll32", "url.dll,FileProtocolHandler"],
  };
  const [program, ...words] = programs[process.platform] ?? ["xdg-open"];
  const child = spawn(program!, [...words, url], { detached: true, stdio: "ignore" });
  child.on("error", () => undefined);
  child.unref();
}
