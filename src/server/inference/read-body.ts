import type { IncomingMessage } from "node:http";
import { Refusal } from "../refusal.ts";

interface BodyLimits {
  readonly maxBytes: number;
  /** Seconds in which the client sends nothing. */
  readonly idleSec: number;
}

/** Reads a body into memory. @throws Refusal `body-too-large`, `body-too-slow`, `body-cut-short` */
export function readBody(
  incoming: IncomingMessage,
  { maxBytes, idleSec }: BodyLimits,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (refusal: Refusal): void => {
      clearTimeout(idle);
      incoming.off("data", take).resume();
      reject(refusal);
    };
    const tooLarge = (): void =>
      fail(new Refusal("body-too-large", `The body is larger than ${maxBytes} bytes.`));
    const idle = setTimeout(
      () => fail(new Refusal("body-too-slow", `Nothing was sent for ${idleSec} s.`)),
      idleSec * 1000,
    );
    const take = (chunk: Buffer): void => {
      idle.refresh();
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) tooLarge();
    };
    if (Number(incoming.headers["content-length"] ?? 0) > maxBytes) {
      tooLarge();
      return;
    }
    incoming.on("data", take);
    incoming.on("end", () => {
      clearTimeout(idle);
      resolve(Buffer.concat(chunks));
    });
    const cutShort = (): void => fail(new Refusal("body-cut-short", "The body ends too early."));
    incoming.on("close", cutShort).on("error", cutShort);
  });
}
