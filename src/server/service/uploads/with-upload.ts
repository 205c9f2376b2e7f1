import type { Context } from "hono";
import { Refusal } from "../../refusal.ts";
import type { Service, ServiceEnv } from "../service.ts";
import { receive, type Received } from "./receive.ts";

export interface Upload extends Received {
  readonly folder: string;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Keeps the files until other work ends, whose answer has begun. */
  readonly keepUntil: (work: Promise<unknown>) => void;
}

/**
 * Does work with the body of a request, whose files are deleted at the end.
 * @throws Refusal as `receive` and `Uploads.begin`
 */
export async function withUpload<Result>(
  { uploads, limits }: Pick<Service, "uploads" | "limits">,
  context: Context<ServiceEnv>,
  { maxFiles, work }: UploadWork<Result>,
): Promise<Result> {
  const { incoming, outgoing } = context.env;
  const length = incoming.headers["content-length"];
  const { folder, end } = await uploads.begin(length === undefined ? undefined : Number(length));
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  outgoing.on("close", leave);
  let other: Promise<unknown> | undefined;
  const keepUntil = (promise: Promise<unknown>): void => {
    other = promise;
  };
  const close = async (): Promise<void> => {
    outgoing.off("close", leave);
    await end();
  };
  try {
    // A client that asks first whether to send its body has been let in by now.
    if (/^100-continue$/i.test(incoming.headers.expect ?? "")) outgoing.writeContinue();
    const { maxUploadBytes: maxBytes, idleSec } = limits;
    const received = await receive(incoming, { folder, maxBytes, maxFiles, idleSec });
    return await work({ ...received, folder, signal: gone.signal, keepUntil });
  } finally {
    if (other === undefined) await close();
    else void other.then(close, close);
  }
}

interface UploadWork<Result> {
  readonly maxFiles: number;
  readonly work: (upload: Upload) => Promise<Result>;
}

/** Returns the only file. @throws Refusal `body-invalid` */
export function onlyFile({ files }: Received): Received["files"][number] {
  const [file] = files;
  if (file?.field === "file") return file;
  throw new Refusal("body-invalid", 'Send the recording as the field "file" of the form.');
}
