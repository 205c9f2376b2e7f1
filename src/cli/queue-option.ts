import { Option } from "@commander-js/extra-typings";

const describe = "Queue: redis://HOST, rediss://, valkey:// or postgres://USER@HOST/DATABASE";

/** The queue of a command that works without one, too. */
export const queueOption = new Option("--queue <url>", describe).env("UNDERTONE_QUEUE");

/** The queue of a command that needs one. */
export const requiredQueueOption = new Option("--queue <url>", describe)
  .env("UNDERTONE_QUEUE")
  .makeOptionMandatory();
