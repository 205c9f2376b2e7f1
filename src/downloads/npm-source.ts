import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { type Digest, matchesDigest } from "./digest.ts";
import { downloadFile } from "./download-file.ts";
import { findTarball, packTarball } from "./npm-client.ts";
import type { FetchOptions, PathOf, Source } from "./source.ts";
import { extractFiles } from "./tarball.ts";

/**
 * Returns a published version `name@1.2.3` of an npm package, from the registry of the user's npm. Only the files are
 * extracted; nothing is installed or run.
 */
export function npmPackage(spec: string, pathOf: PathOf): Source {
  return {
    name: `npm ${spec}`,
    fetch: async (files, folder, options) => {
      const tarball = join(folder, "package.tgz");
      const { url, digest } = await findTarball(spec, options);
      if (!(await isDownloaded(tarball, digest, options.signal))) {
        await download(spec, tarball, { ...options, url, digest });
      }
      const places = new Map(files.map(({ path }) => [`package/${pathOf(path)}`, path]));
      await extractFiles(tarball, folder, { places, signal: options.signal });
      await rm(tarball, { force: true });
    },
  };
}

interface TarballOptions extends FetchOptions {
  readonly url: string;
  readonly digest: Digest | undefined;
}

/** Downloads directly, with progress and resumable; if the registry rejects that, with npm itself. */
async function download(spec: string, tarball: string, options: TarballOptions): Promise<void> {
  const label = `Downloading ${spec}`;
  try {
    await downloadFile({ url: options.url }, tarball, { ...options, label, attempts: 2 });
  } catch (error) {
    if (!(error instanceof UndertoneError && error.code === "network-failed")) throw error;
    options.onProgress?.({ label: `${label} by npm`, done: 0, total: 1, unit: "packages" });
    const packed = await mkdtemp(`${tarball}-`);
    try {
      await packTarball(spec, packed, options);
      const [name = ""] = await readdir(packed);
      await assertWhole(join(packed, name), options);
      await rename(join(packed, name), tarball);
    } finally {
      await rm(packed, { recursive: true, force: true });
    }
    options.onProgress?.({ label: `${label} by npm`, done: 1, total: 1, unit: "packages" });
  }
}

async function assertWhole(path: string, { digest, signal }: TarballOptions): Promise<void> {
  if (digest === undefined || (await matchesDigest(path, digest, signal))) return;
  throw new UndertoneError("checksum-mismatch", `${path}: differs from the published package.`);
}

/** Whether an earlier call downloaded the whole tarball and was interrupted before extraction. */
async function isDownloaded(
  tarball: string,
  digest: Digest | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const exists = (await stat(tarball).catch(() => undefined)) !== undefined;
  return exists && digest !== undefined && matchesDigest(tarball, digest, signal);
}
