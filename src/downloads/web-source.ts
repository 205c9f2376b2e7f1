import { dirname, join } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { makeFolder } from "../shared/files.node.ts";
import { downloadFile } from "./download-file.ts";
import type { Environment, PathOf, Source } from "./source.ts";

/**
 * Returns a repository of the Hugging Face hub at one commit. `HF_ENDPOINT` is the address of a mirror.
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export function hub(repository: string, revision: string, pathOf: PathOf): Source {
  return webSource(`hub ${repository}`, (path, env) => {
    const endpoint = env["HF_ENDPOINT"] || "https://huggingface.co";
    return `${endpoint.replace(/\/+$/, "")}/${repository}/resolve/${revision}/${pathOf(path)}`;
  });
}

/** Returns a public repository on GitHub at a tag or commit. */
export function github(repository: string, revision: string, pathOf: PathOf): Source {
  return webSource(
    `github ${repository}`,
    (path) => `https://raw.githubusercontent.com/${repository}/${revision}/${pathOf(path)}`,
  );
}

function webSource(name: string, urlOf: (path: string, env: Environment) => string): Source {
  return {
    name,
    fetch: async (files, folder, options) => {
      for (const { path, size, sha256 } of files) {
        const url = urlOf(path, options.env);
        if (!URL.canParse(url)) throw new UndertoneError("usage", `${url} is not a valid address.`);
        const place = join(folder, path);
        await makeFolder(dirname(place));
        await downloadFile({ url }, place, {
          ...options,
          size,
          digest: { algorithm: "sha256", hex: sha256 },
          label: `Downloading ${path}`,
        });
      }
    },
  };
}
