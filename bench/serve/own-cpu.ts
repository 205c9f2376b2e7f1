import { z } from "zod";

/** What `process.cpuUsage` returns. */
export const cpuSchema = z.object({ user: z.number(), system: z.number() });

/** Returns the processor time of a process in seconds. */
export const secondsOf = ({ user, system }: z.infer<typeof cpuSchema>): number =>
  (user + system) / 1e6;
