/**
 * The page of metrics in Prometheus' text format, made when it is asked for. This module is loaded only with
 * `--metrics-listen`.
 *
 * @module
 */
import type { Meter } from "@opentelemetry/api";
import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { AggregationTemporality, InstrumentType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { OBSERVED, prometheusName, RECORDED } from "./instruments.ts";

/** A reader that exports nothing by itself. */
class OnDemand extends MetricReader {
  constructor() {
    super({
      // Else a gauge goes on showing the last value of what is not read any more, such as a certificate that was replaced.
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    });
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** The values of a meter, as a page. */
export class Exposition {
  /** The media type of the page. */
  readonly type = "text/plain; version=0.0.4; charset=utf-8";
  /** The meter at which the instruments are made. */
  readonly meter: Meter;
  readonly #reader = new OnDemand();
  // The library's own HTTP server is not used: it has no limits. Without attributes of resource and scope, every line
  // is as short as it can be; `paas_build_info` has the version.
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, true, true);

  constructor() {
    const instruments = Object.values({ ...RECORDED, ...OBSERVED });
    const views = instruments.map((instrument) => ({
      instrumentName: instrument.name,
      name: prometheusName(instrument),
    }));
    this.meter = new MeterProvider({ readers: [this.#reader], views }).getMeter("paasd");
  }

  /**
   * Gives the page of this moment.
   *
   * @throws {Error} When a value could not be read.
   */
  async text(): Promise<string> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw errors[0];
    return this.#serializer.serialize(resourceMetrics);
  }
}
