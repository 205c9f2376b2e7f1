import { UndertoneError } from "../shared/errors.ts";

/** Where a queue is. */
export interface QueueAddress {
  readonly kind: "redis" | "postgres";
  readonly url: string;
  /** The same for messages, without a password. */
  readonly shown: string;
}

const kinds: Readonly<Record<string, QueueAddress["kind"]>> = {
  "redis:": "redis",
  "rediss:": "redis",
  "valkey:": "redis",
  "valkeys:": "redis",
  "postgres:": "postgres",
  "postgresql:": "postgres",
};

/** Returns the address that a URL stands for. @throws UndertoneError `usage` */
export function parseQueueUrl(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url && kinds[url.protocol];
  if (url === undefined || kind === undefined) {
    const examples = "redis://127.0.0.1:6379 or postgres://user@127.0.0.1/database";
    throw new UndertoneError("usage", `A queue is named by a URL such as ${examples}.`);
  }
  return {
    kind,
    url: text.replace(/^valkey/i, "redis"),
    shown: `${url.protocol}//${url.host}${url.pathname}`,
  };
}
