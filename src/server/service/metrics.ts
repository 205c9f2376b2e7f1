import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What `GET /metrics` tells. Modules of the server add their own to the registry. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<"method" | "route" | "status">;
  readonly requestSec: Histogram<"route">;
  readonly audioSec: Counter;
}

/** Facts that are read when they are asked for. */
export interface Gauges {
  readonly busyWorkers: () => number;
  readonly waiting: () => number;
}

/** Returns the metrics of one server, in a registry of its own. */
export function createMetrics({ busyWorkers, waiting }: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, value: () => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(value());
        },
      }),
    );
  };
  gauge("undertone_workers_busy", "Workers that analyze a recording", busyWorkers);
  gauge("undertone_recordings_waiting", "Recordings that wait for a worker", waiting);
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
