import { signal } from "@preact/signals";
import { api, ApiFailure } from "./client.ts";

/** Whether the page comes from `undertone studio`: `locked` without the token of its address. */
export type LocalApi = "asking" | "here" | "locked" | "absent";

export const localApi = signal<LocalApi>("asking");

/** Asks once whether the local API answers; a host of static files has none. */
export async function findLocalApi(): Promise<void> {
  try {
    await api.studio();
    localApi.value = "here";
  } catch (error) {
    localApi.value = error instanceof ApiFailure ? "locked" : "absent";
  }
}
