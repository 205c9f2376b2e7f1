import { signal } from "@preact/signals";

/** Bytes that the page has sent in bodies of requests: of what a person asks `undertone studio` for. */
export const sentBytes = signal(0);
