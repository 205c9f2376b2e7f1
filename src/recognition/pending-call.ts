/** A call that is at work elsewhere: its events as they come, and its result. */
export class PendingCall<Event, Result> {
  readonly result: Promise<Result>;
  readonly #events: Event[] = [];
  #isOver = false;
  #wake = (): void => undefined;
  #resolve!: (result: Result) => void;
  #reject!: (error: unknown) => void;

  constructor() {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever waits for events learns of a failure there.
    this.result.catch(() => undefined);
  }

  push(event: Event): void {
    this.#events.push(event);
    this.#wake();
  }

  succeed(result: Result): void {
    this.#resolve(result);
    this.#end();
  }

  fail(error: unknown): void {
    this.#reject(error);
    this.#end();
  }

  /** @yields the events, until the call is over */
  async *events(): AsyncGenerator<Event> {
    for (;;) {
      yield* this.#events.splice(0);
      if (this.#isOver && this.#events.length === 0) return;
      if (this.#events.length > 0) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#wake();
  }
}
