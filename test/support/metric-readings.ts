import { metrics } from '@opentelemetry/api';
import { type DataPoint, DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { secretsIn } from './secret-shapes.js';

/** Reads when it is asked to. */
class HandReader extends MetricReader {
  protected async onShutdown(): Promise<void> {}
  protected async onForceFlush(): Promise<void> {}
}

export interface Reading {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of a histogram: how many values it has. */
  readonly value: number;
}

/** What an application shows through OpenTelemetry, collected as by an SDK. Register it before the application starts. */
export class MetricReadings {
  private readonly reader = new HandReader();
  private readonly provider = new MeterProvider({ readers: [this.reader] });

  constructor() {
    metrics.setGlobalMeterProvider(this.provider);
  }

  async all(): Promise<Reading[]> {
    const { resourceMetrics, errors } = await this.reader.collect();
    if (errors.length > 0) throw errors[0];
    const readings = resourceMetrics.scopeMetrics
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor: { name, unit, description }, dataPoints, dataPointType }) =>
        (dataPoints as DataPoint<number | { count: number }>[]).map(({ attributes, value }) => ({
          name,
          unit,
          description,
          attributes,
          value:
            dataPointType === DataPointType.HISTOGRAM
              ? (value as { count: number }).count
              : (value as number),
        })),
      );
    const secrets = secretsIn(JSON.stringify(readings));
    if (secrets.length > 0) throw new Error(`a metric has ${secrets.join(' and ')}`);
    return readings;
  }

  /** The value of one of them, that with this attribute's value if there are several; undefined when it is not shown. */
  async of(name: string, attribute?: string): Promise<number | undefined> {
    const found = (await this.all()).filter(
      (one) =>
        one.name === name && (attribute === undefined || Object.values(one.attributes).includes(attribute)),
    );
    if (found.length > 1) throw new Error(`there are ${found.length} of ${name}`);
    return found[0]?.value;
  }

  /** By how much one of them grew while `work` was done. */
  async growth(work: () => Promise<unknown>, name: string, attribute?: string): Promise<number> {
    const before = (await this.of(name, attribute)) ?? 0;
    await work();
    return ((await this.of(name, attribute)) ?? 0) - before;
  }

  async close(): Promise<void> {
    metrics.disable();
    await this.provider.shutdown();
  }
}
