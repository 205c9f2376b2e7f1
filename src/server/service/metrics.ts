import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { WorkerPool } from "./worker-pool.ts";

/** What `GET /metrics` tells. Modules of the server add their own to the registry. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<"method" | "route" | "status">;
  readonly requestSec: Histogram<"route">;
  readonly audioSec: Counter;
}

/** Adds a number that is read when it is asked for. */
export function addGauge(registry: Registry, name: string, options: GaugeOptions): void {
  const { help, value } = options;
  const gauge = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(value());
    },
  });
  registry.registerMetric(gauge);
}

interface GaugeOptions {
  readonly help: string;
  readonly value: () => number;
}

/** Returns the metrics of one server, in a registry of its own. */
export function createMetrics(pool: Pick<WorkerPool, "busy" | "waiting">): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  addGauge(registry, "undertone_workers_busy", {
    help: "Workers that analyze a recording",
    value: () => pool.busy,
  });
  addGauge(registry, "undertone_recordings_waiting", {
    help: "Recordings that wait for a worker",
    value: () => pool.waiting,
  });
  return {
    registry,
    requests: new Counter({
      name: "undertone_requests_total",
      help: "Answered requests",
      labelNames: ["method", "route", "status"],
      registers,
    }),
    requestSec: new Histogram({
      name: "undertone_request_duration_seconds",
      help: "Time from a request to the end of its answer",
      labelNames: ["route"],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800],
      registers,
    }),
    audioSec: new Counter({
      name: "undertone_audio_seconds_total",
      help: "Length of the recordings that were analyzed",
      registers,
    }),
  };
}
