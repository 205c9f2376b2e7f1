/** Passes on what a microphone gives, in mono blocks. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

/** Samples of a block: 128, as they come, would be too many messages. */
const blockLength = 2048;

class Capture extends AudioWorkletProcessor {
  #to: MessagePort | null = null;
  #block = new Float32Array(blockLength);
  #filled = 0;
  #isOver = false;

  constructor() {
    super();
    this.port.addEventListener("message", ({ data }: MessageEvent<MessagePort | null>) => {
      if (data === null) this.#finish();
      else this.#to = data;
    });
    this.port.start();
  }

  process([channels = []]: readonly (readonly Float32Array[])[]): boolean {
    const [first] = channels;
    if (first === undefined || this.#to === null) return !this.#isOver;
    for (const sample of first) {
      this.#block[this.#filled++] = sample;
      if (this.#filled < blockLength) continue;
      this.#send(this.#block);
      this.#block = new Float32Array(blockLength);
      this.#filled = 0;
    }
    return !this.#isOver;
  }

  #finish(): void {
    this.#send(this.#block.slice(0, this.#filled));
    this.#to?.postMessage(null);
    this.#isOver = true;
  }

  #send(block: Float32Array): void {
    this.#to?.postMessage(block);
    let peak = 0;
    for (const sample of block) peak = Math.max(peak, Math.abs(sample));
    this.port.postMessage({ peak, length: block.length });
  }
}

registerProcessor("capture", Capture);
