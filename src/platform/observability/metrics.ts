import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../database/pool.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Tasks } from '../jobs/tasks.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { Rendering } from '../rendering/rendering.ts';

/** The metrics that Prometheus reads at /metrics. One registry per server, no global state. */
export class Metrics {
  readonly registry = new Registry();
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly httpUnderWay: Gauge;
  readonly httpErrors: Counter<'route' | 'status'>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.httpSeconds = new Histogram({
      name: 'hovedbok_http_request_seconds',
      help: 'Time to the end of the answer, by declared route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
      registers,
    });
    this.httpUnderWay = new Gauge({
      name: 'hovedbok_http_requests_under_way',
      help: 'Requests being answered',
      registers,
    });
    this.httpErrors = new Counter({
      name: 'hovedbok_http_errors_total',
      help: 'Answers with a status of 500 or more',
      labelNames: ['route', 'status'],
      registers,
    });
  }

  /** Connections of the pool: open, idle, and requests waiting for one. */
  watchDatabase(database: Database): void {
    const gauge = new Gauge({
      name: 'hovedbok_database_connections',
      help: 'Database connections by state; waiting: requests without one',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        const { total, idle, waiting } = database.load;
        gauge.set({ state: 'open' }, total);
        gauge.set({ state: 'idle' }, idle);
        gauge.set({ state: 'waiting' }, waiting);
      },
    });
  }

  /** Renderings in progress and in the queue, and the outcome of the others since the start. */
  watchRendering(rendering: Rendering): void {
    const gauge = new Gauge({
      name: 'hovedbok_renderings',
      help: 'Documents by state; done, failed and refused since the start',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        for (const [state, count] of Object.entries(rendering.load)) gauge.set({ state }, count as number);
      },
    });
  }

  /** Background jobs by kind and state; failed: in the last 24 hours. */
  watchJobs(jobs: JobQueue): void {
    const registers = [this.registry];
    const oldest = new Gauge({
      name: 'hovedbok_jobs_oldest_seconds',
      help: 'Age of the oldest background job of the kind that is not finished',
      labelNames: ['kind'],
      registers,
    });
    const gauge = new Gauge({
      name: 'hovedbok_jobs',
      help: 'Background jobs by kind and state; failed in the last 24 hours',
      labelNames: ['kind', 'state'],
      registers,
      async collect() {
        gauge.reset();
        oldest.reset();
        for (const { kind, queued, running, failed, oldest_seconds } of await jobs.load()) {
          for (const [state, count] of Object.entries({ queued, running, failed })) gauge.set({ kind, state }, count);
          oldest.set({ kind }, oldest_seconds);
        }
      },
    });
  }

  /** Tasks of the queue: maintenance and runs of jobs. Failing: waiting for a retry. */
  watchTasks(tasks: Tasks): void {
    const gauge = new Gauge({
      name: 'hovedbok_tasks',
      help: 'Background tasks by kind and state; failing ones are among the queued',
      labelNames: ['kind', 'state'],
      registers: [this.registry],
      async collect() {
        gauge.reset();
        for (const { kind, queued, running, failing } of await tasks.load())
          for (const [state, count] of Object.entries({ queued, running, failing })) gauge.set({ kind, state }, count);
      },
    });
  }

  /** Attempts to reach parties by outcome, and the parties to which calls are blocked. */
  watchOutbound(outbound: Outbound): void {
    const registers = [this.registry];
    const seconds = new Histogram({
      name: 'hovedbok_outbound_call_seconds',
      help: 'Time of an attempt to reach a party outside, by the status of its answer or how it failed',
      labelNames: ['service', 'call', 'outcome'],
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    outbound.onCall(({ service, call, outcome, ms }) => seconds.observe({ service, call, outcome }, ms / 1000));
    const gauge = new Gauge({
      name: 'hovedbok_outbound_closed',
      help: '1 while nobody is let through to a party outside that fails',
      labelNames: ['service'],
      registers,
      collect() {
        for (const { service, open } of outbound.states) gauge.set({ service }, open ? 1 : 0);
      },
    });
  }

  /** A number that other code counts, read when Prometheus asks. */
  watch(name: string, help: string, read: () => number): void {
    const gauge = new Gauge({
      name: `hovedbok_${name}`,
      help,
      registers: [this.registry],
      collect() {
        gauge.set(read());
      },
    });
  }
}
