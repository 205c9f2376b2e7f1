import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { endTask, startPulse, ThreadWatch } from "./thread-watch.node.ts";

const stuck = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";

/** The address of a module beside this one, as a program holds it. */
const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

test("a thread whose loop does not turn is given up, one that has no task is not", async () => {
  const watch = new ThreadWatch(200);
  const worker = new Worker(stuck, { eval: true });
  const given = new Promise((resolve) => (watch.onStall = resolve));
  watch.begin(worker);
  expect(await given).toMatchObject({ code: "model-invalid" });
  await worker.terminate();
  const other = new ThreadWatch(1);
  other.onStall = () => expect.unreachable();
  const listeners = process.listenerCount("exit");
  const idle = new Worker(stuck, { eval: true });
  startPulse(other.pulse);
  other.begin(idle);
  endTask(other.pulse);
  other.settle();
  expect(process.listenerCount("exit")).toBe(listeners);
  await idle.terminate();
});

test.skipIf(process.platform === "win32")(
  "a model without an end holds up neither abort, nor close, nor the end of the process",
  async () => {
    const program = `
      import { setTimeout as delay } from "node:timers/promises";
      const { endlessModel } = await import(${at("../../test/torture/inputs/models.ts")});
      const { synthesizeVoice } = await import(${at("../../test/support/voice.ts")});
      const { ThreadEngine } = await import(${at("thread-engine.node.ts")});
      const samples = synthesizeVoice(3, { sampleRate: 16_000, level: 0.9 });
      const read = async (start, end) => [samples.slice(start, end)];
      const sound = { samples: { sampleRate: 16_000, length: samples.length, read } };
      const engine = await ThreadEngine.start({ model: endlessModel(), stallMs: 4000 });
      const told = ({ code }) => console.log(code);
      await engine.analyze(sound, { signal: AbortSignal.timeout(500) }).catch(told);
      const later = engine.analyze(sound, {}).catch(told);
      await engine.close();
      await later;
      await delay(3000);
      process.exit(0);`;
    const loader = createRequire(import.meta.url).resolve("tsx");
    const words = ["--import", loader, "--input-type=module", "-e", program];
    const { signal, printed } = await new Promise<{ signal: unknown; printed: string }>(
      (resolve) => {
        execFile(process.execPath, words, (error, stdout, stderr) => {
          resolve({ signal: error?.signal, printed: stdout + stderr });
        });
      },
    );
    expect(printed).toMatch(/^cancelled\nclosed\nundertone: .*killed\.\n$/);
    expect(signal).toBe("SIGKILL");
  },
);
