import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UndertoneError } from "../../shared/errors.ts";
import { systemCode, writePrivateFile } from "../../shared/files.node.ts";

const fileSchema = z.strictObject({ sha256: z.array(z.string().regex(/^[0-9a-f]{64}$/)) });

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Bearer tokens, of which only hashes are kept. */
export class Tokens {
  readonly #hashes: readonly Buffer[];

  constructor(hashes: readonly Buffer[]) {
    this.#hashes = hashes;
  }

  /** Returns tokens that are given in full. */
  static of(...tokens: readonly string[]): Tokens {
    return new Tokens(tokens.map(sha256));
  }

  /**
   * Returns the name of a token, the first 8 digits of its hash, or `undefined` for a wrong one. The time that it takes does not
   * depend on how much is right.
   */
  clientOf(token: string): string | undefined {
    const given = sha256(token);
    const isKnown = this.#hashes.filter((hash) => timingSafeEqual(hash, given)).length > 0;
    return isKnown ? given.toString("hex").slice(0, 8) : undefined;
  }
}

/** Tokens as they were found, and the one that was just made, which is not kept anywhere. */
interface OpenTokens {
  readonly tokens: Tokens;
  readonly made: string | undefined;
}

/**
 * Reads the hashes of a folder's `tokens.json`; where there is none, or another token is asked for, makes one and keeps its hash,
 * for the user alone to read.
 * @throws UndertoneError `file-unreadable`, `disk-full`
 */
export async function openTokens(
  folder: string,
  { another = false }: { readonly another?: boolean } = {},
): Promise<OpenTokens> {
  const path = join(folder, "tokens.json");
  const kept = await readHashes(path);
  if (kept !== undefined && !another) return { tokens: tokensOf(kept), made: undefined };
  const made = `ut_${randomBytes(32).toString("base64url")}`;
  const hashes = [...(kept ?? []), sha256(made).toString("hex")];
  await writePrivateFile(path, `${JSON.stringify({ sha256: hashes }, null, 2)}\n`);
  return { tokens: tokensOf(hashes), made };
}

const tokensOf = (hashes: readonly string[]): Tokens =>
  new Tokens(hashes.map((hash) => Buffer.from(hash, "hex")));

async function readHashes(path: string): Promise<readonly string[] | undefined> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, "utf8"))).sha256;
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    const message = `${path}: holds no hashes of tokens. Delete it to have a new token made.`;
    throw new UndertoneError("file-unreadable", message, { cause });
  }
}
