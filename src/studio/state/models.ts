import { proxy } from "comlink";
import { signal } from "@preact/signals";
import type { Progress } from "../../web/index.ts";
import { sentenceOf } from "../sentences.ts";
import { engine } from "../worker/client.ts";
import type { DeviceRefusal } from "../worker/checked-device.ts";
import type { ModelChoice } from "../worker/engine.ts";

/** How far loading the models is. */
export type ModelState =
  | { readonly is: "loading"; readonly progress: Progress | null }
  | { readonly is: "ready"; readonly refusal: DeviceRefusal | null }
  | { readonly is: "failed"; readonly message: string };

const key = "undertone-models";
const firstChoice: ModelChoice = { model: "small", transcriber: null, device: "wasm" };

function keptChoice(): ModelChoice {
  try {
    const kept: Partial<ModelChoice> = JSON.parse(localStorage.getItem(key) ?? "{}");
    return { ...firstChoice, ...kept };
  } catch {
    return firstChoice;
  }
}

/** The models of the page, which are loaded once they are needed. */
class Models {
  readonly choice = signal(keptChoice());
  readonly state = signal<ModelState>({ is: "loading", progress: null });
  #loading: Promise<void> | undefined;

  /** Resolves once the chosen models are loaded. @throws Error with a sentence where they cannot be */
  ready(): Promise<void> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** Chooses other models; they are loaded at the next `ready`. */
  choose(choice: ModelChoice): void {
    this.choice.value = choice;
    localStorage.setItem(key, JSON.stringify(choice));
    this.#loading = undefined;
  }

  async #load(): Promise<void> {
    const choice = this.choice.peek();
    this.state.value = { is: "loading", progress: null };
    // Other files may still be arriving when loading has failed by one.
    const isLoading = (): boolean =>
      choice === this.choice.peek() && this.state.peek().is === "loading";
    const onProgress = proxy((progress: Progress) => {
      if (isLoading()) this.state.value = { is: "loading", progress };
    });
    try {
      const refusal = await engine.load(choice, document.baseURI, onProgress);
      this.state.value = { is: "ready", refusal };
    } catch (error) {
      this.#loading = undefined;
      const message = sentenceOf(error);
      this.state.value = { is: "failed", message };
      throw new Error(message, { cause: error });
    }
  }
}

export const models = new Models();
