import { wrap, type Remote } from "comlink";
import type { StudioEngine } from "./engine.ts";

const worker = new Worker(new URL("./engine.ts", import.meta.url), { type: "module" });

/** The engine of the page, in its worker. */
export const engine: Remote<StudioEngine> = wrap<StudioEngine>(worker);
