import { signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { CheckProgress, CheckResult } from "../../server/api.ts";
import { checkCorpus } from "../api/client.ts";

/** How far the check of a corpus is. */
export type CheckState =
  | { readonly is: "idle" }
  | { readonly is: "checking"; readonly progress: CheckProgress | null }
  | { readonly is: "done"; readonly result: CheckResult }
  | { readonly is: "failed"; readonly message: string };

interface Check {
  readonly state: Signal<CheckState>;
  stop: () => void;
}

/** The checks of corpora, which go on while another part of the studio is shown. */
class Checks {
  readonly #checks = new Map<string, Check>();

  of(corpusId: string): ReadonlySignal<CheckState> {
    return this.#of(corpusId).state;
  }

  start(corpusId: string): void {
    const check = this.#of(corpusId);
    check.stop();
    check.state.value = { is: "checking", progress: null };
    check.stop = checkCorpus(corpusId, {
      onProgress: (progress) => (check.state.value = { is: "checking", progress }),
      onResult: (result) => (check.state.value = { is: "done", result }),
      onProblem: (message) => (check.state.value = { is: "failed", message }),
    });
  }

  cancel(corpusId: string): void {
    const check = this.#of(corpusId);
    check.stop();
    check.state.value = { is: "idle" };
  }

  #of(corpusId: string): Check {
    const known = this.#checks.get(corpusId);
    if (known !== undefined) return known;
    const check: Check = { state: signal<CheckState>({ is: "idle" }), stop: () => undefined };
    this.#checks.set(corpusId, check);
    return check;
  }
}

export const checks = new Checks();
