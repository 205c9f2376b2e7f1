import type { ComponentChildren, JSX } from "preact";
import { strings } from "../strings.ts";
import { localApi } from "./local-api.ts";

/** A page that needs the local API, or what to do where it does not answer. */
export function LocalPage({ children }: { readonly children: ComponentChildren }): JSX.Element {
  if (localApi.value === "here") return <>{children}</>;
  const isAsking = localApi.value === "asking";
  return <p class="lead">{isAsking ? strings.local.loading : strings.local.locked}</p>;
}
