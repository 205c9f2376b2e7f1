import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { cpuSchema, secondsOf } from "./own-cpu.ts";
import type { RunningServer } from "./run-server.ts";

const program = fileURLToPath(new URL("streams-child.ts", import.meta.url));

const outcomeSchema = z.object({
  /** 101, or that of the refusal. */
  status: z.number(),
  /** By which the stream was closed: 1000 where all was told. */
  code: z.number(),
  audioSec: z.number(),
  /** From the end of the sound to the last result. */
  behindSec: z.number(),
});

const messageSchema = z.object({ outcomes: z.array(outcomeSchema), cpu: cpuSchema });

/** What came of a live stream. */
export type StreamOutcome = z.infer<typeof outcomeSchema>;

/** Opens live streams in a process of their own. The function that is returned ends their sound, and resolves to what came of each and to the clients' processor time. */
export function openStreams(
  { url, token }: Pick<RunningServer, "url" | "token">,
  count: number,
): () => Promise<{ readonly outcomes: StreamOutcome[]; readonly cpuSec: number }> {
  const child = fork(program, [url, token, String(count)]);
  const told = once(child, "message"); // also where all streams end by themselves
  return async () => {
    if (child.connected) child.send("stop");
    const [message]: unknown[] = await told;
    const { outcomes, cpu } = messageSchema.parse(message);
    return { outcomes, cpuSec: secondsOf(cpu) };
  };
}

/** Returns how many streams were refused, or closed since the server was busy, and how late the others were. */
export function streamFacts(outcomes: readonly StreamOutcome[]) {
  const whole = outcomes.filter(({ code }) => code === 1000);
  const refused = outcomes.filter(({ status }) => status === 429).length;
  const shed = outcomes.filter(({ code }) => code === 1013).length;
  return {
    streams: outcomes.length,
    streamsWhole: whole.length,
    streamsRefused: refused,
    streamsShed: shed,
    streamsFailed: outcomes.length - whole.length - refused - shed,
    streamBehindMaxSec: Math.max(0, ...whole.map(({ behindSec }) => behindSec)),
  };
}
