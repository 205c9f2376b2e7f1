import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Digest } from "../../downloads/digest.ts";
import { get, type HttpOptions, type Remote, readJson, withRetries } from "../../downloads/http.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { fileError, systemCode } from "../../shared/files.node.ts";
import type { CorpusDownload, CorpusSource } from "./catalog.ts";

/** A file to download under a name, with its size and digest where they are published. */
export interface RemoteFile extends Remote {
  readonly name: string;
  readonly size?: number;
  readonly digest?: Digest;
}

export interface SourceOptions extends HttpOptions {
  /** Origin of the service, for a mirror or a test. */
  readonly baseUrl?: string | undefined;
  /** Environment variables that may hold a token. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Returns the files of a corpus at a service, `undefined` where the service does not have it.
 * @throws UndertoneError `credentials-missing`, `network-failed`, `cancelled`
 */
export async function filesAt(
  source: CorpusSource,
  { zenodo, github, kaggle }: CorpusDownload,
  options: SourceOptions,
): Promise<RemoteFile[] | undefined> {
  if (source === "zenodo") return zenodo && findOnZenodo(zenodo, options);
  if (source === "kaggle") return kaggle === undefined ? undefined : findOnKaggle(kaggle, options);
  const { baseUrl = "https://github.com" } = options;
  return github?.map((path) => ({ name: basename(path), url: new URL(`/${path}`, baseUrl).href }));
}

const zenodoRecord = z.object({
  files: z.array(
    z.object({
      key: z.string(),
      size: z.int().nonnegative(),
      checksum: z.string().regex(/^md5:[0-9a-f]{32}$/),
      links: z.object({ self: z.url() }),
    }),
  ),
});

/** @see https://developers.zenodo.org/#records */
async function findOnZenodo(
  { record: number, files }: NonNullable<CorpusDownload["zenodo"]>,
  options: SourceOptions,
): Promise<RemoteFile[]> {
  const { baseUrl = "https://zenodo.org", signal = new AbortController().signal } = options;
  const address = new URL(`/api/records/${number}`, baseUrl);
  const url = address.href;
  const answer = await withRetries(
    async () => readJson(await get({ url }, { accept: "application/json" }, signal), address),
    options,
  );
  const record = zenodoRecord.safeParse(answer);
  return files.map((name) => {
    const file = record.data?.files.find(({ key }) => key === name);
    if (!file) {
      throw new UndertoneError(
        "network-failed",
        `${url} no longer names ${name}. Download it in a browser and unpack it.`,
        { cause: record.error },
      );
    }
    const { size, checksum, links } = file;
    return {
      name,
      size,
      url: links.self,
      digest: { algorithm: "md5", hex: checksum.slice("md5:".length) },
    };
  });
}

/** @see https://www.kaggle.com/docs/api */
async function findOnKaggle(
  dataset: string,
  { baseUrl, env }: SourceOptions,
): Promise<RemoteFile[]> {
  const { username, key } = await readKaggleToken(env);
  const path = `/api/v1/datasets/download/${dataset}`;
  return [
    {
      name: `${basename(dataset)}.zip`,
      url: new URL(path, baseUrl ?? "https://www.kaggle.com").href,
      authorization: `Basic ${Buffer.from(`${username}:${key}`).toString("base64")}`,
    },
  ];
}

const kaggleToken = z.object({ username: z.string().min(1), key: z.string().min(1) });

/** From `KAGGLE_USERNAME` and `KAGGLE_KEY`, or `kaggle.json` in `KAGGLE_CONFIG_DIR` or `~/.kaggle`. */
async function readKaggleToken(env: SourceOptions["env"]): Promise<z.infer<typeof kaggleToken>> {
  const { KAGGLE_USERNAME: username, KAGGLE_KEY: key, KAGGLE_CONFIG_DIR: folder } = env;
  if (username && key) return { username, key };
  const path = join(folder || join(homedir(), ".kaggle"), "kaggle.json");
  const how =
    'Make one on kaggle.com under Settings, API, "Create New Token", and save it there, ' +
    "or set KAGGLE_USERNAME and KAGGLE_KEY. RAVDESS is on Zenodo too, which needs none: --from zenodo.";
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw fileError(path, error);
    throw new UndertoneError("credentials-missing", `There is no Kaggle token at ${path}. ${how}`);
  }
  try {
    return kaggleToken.parse(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch (cause) {
    throw new UndertoneError(
      "credentials-missing",
      `${path} is no Kaggle token: {"username":"…","key":"…"}. ${how}`,
      { cause },
    );
  }
}
