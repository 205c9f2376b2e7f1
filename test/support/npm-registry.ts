import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { packTar, type TarEntry } from "modern-tar";
import { answer, type Handler } from "./web-server.ts";

/** A tarball as `npm publish` makes it, of plain files and of whatever else it is to hold. */
export async function tarballOf(
  files: Readonly<Record<string, Uint8Array>>,
  others: readonly TarEntry[] = [],
): Promise<Buffer> {
  const plain = Object.entries(files).map(([name, body]) => ({
    header: { name: `package/${name}`, size: body.length },
    body,
  }));
  return gzipSync(await packTar([...others, ...plain]));
}

interface RegistryOptions {
  /** What the tarball's address needs in its `Authorization` header. */
  readonly token?: string;
  /** What the registry says that the tarball is, where it is something else. */
  readonly published?: Uint8Array;
}

/** A registry that has the package `models@1.0.0`. @see https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
export function registryOf(tarball: Buffer, options: RegistryOptions = {}): Handler {
  const { token, published = tarball } = options;
  const integrity = `sha512-${createHash("sha512").update(published).digest("base64")}`;
  return (request, response) => {
    const origin = `http://${request.headers.host}`;
    if (request.url === "/models") {
      const dist = { tarball: `${origin}/models-1.0.0.tgz`, integrity };
      const versions = { "1.0.0": { name: "models", version: "1.0.0", dist } };
      const body = { name: "models", "dist-tags": { latest: "1.0.0" }, versions };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    } else if (request.url !== "/models-1.0.0.tgz") response.writeHead(404).end();
    else if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
    } else answer(response, tarball, { etag: undefined });
  };
}
