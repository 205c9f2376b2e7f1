import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { call } from "../remote/call.ts";
import type { AllowedHosts } from "../remote/allowed-hosts.ts";
import { jobAnswer, type JobState } from "./job.ts";

const waitsSec = [0, 5, 30, 120, 600];

interface DeliveryOptions {
  readonly hosts: AllowedHosts;
  readonly signal: AbortSignal;
  readonly keepHours: number;
}

/**
 * Tells a webhook that a job has finished, up to five times until it answers with a status of 2xx. The message is signed, and has an
 * id by which one that comes twice is known.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function deliver(
  state: JobState,
  { hosts, signal, keepHours }: DeliveryOptions,
): Promise<"delivered" | "failed"> {
  const { url, secret } = state.job.webhook!;
  const data = { ...jobAnswer(state, keepHours), webhook: undefined };
  const body = JSON.stringify({ type: "job.finished", data });
  for (const waitSec of waitsSec) {
    try {
      await sleep(waitSec * 1000, undefined, { signal });
      const timestamp = Math.floor(Date.now() / 1000);
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...signed({ id: state.job.id, timestamp, body, secret }),
      };
      const answer = await call(hosts, url, { method: "POST", headers, body, idleSec: 15, signal });
      answer.destroy();
      const { statusCode = 0 } = answer;
      if (statusCode >= 200 && statusCode < 300) return "delivered";
    } catch {
      if (signal.aborted) break;
    }
  }
  return "failed";
}

interface Message {
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
  /** `whsec_` and the key in Base64. */
  readonly secret: string;
}

/** Returns the headers that sign a message. */
export function signed({ id, timestamp, body, secret }: Message) {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${signature}`,
  };
}
