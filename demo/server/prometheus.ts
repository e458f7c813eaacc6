/** `GET /metrics`: the server's own figures as Prometheus reads them. */

export interface Gauges {
  readonly instance: string;
  readonly websocket: number;
  readonly sse: number;
  /** Polls that are held now. */
  readonly longPolling: number;
  readonly requests: number;
  readonly published: number;
  readonly cut: number;
}

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export const prometheusText = (gauges: Gauges): string => {
  const { instance, websocket, sse, longPolling, requests, published, cut } = gauges;
  const label = `instance="${instance.replace(/["\\\n]/g, '_')}"`;
  const open = (transport: string, count: number): string =>
    `rt_connections{transport="${transport}",${label}} ${count}`;
  return [
    '# HELP rt_connections Clients connected now.',
    '# TYPE rt_connections gauge',
    open('websocket', websocket),
    open('sse', sse),
    open('long-polling', longPolling),
    '# HELP rt_requests_total Requests since the start, refused ones too.',
    '# TYPE rt_requests_total counter',
    `rt_requests_total{${label}} ${requests}`,
    '# HELP rt_events_total Events published since the start.',
    '# TYPE rt_events_total counter',
    `rt_events_total{${label}} ${published}`,
    '# HELP rt_slow_clients_total Clients cut because they read too slowly.',
    '# TYPE rt_slow_clients_total counter',
    `rt_slow_clients_total{${label}} ${cut}`,
    '',
  ].join('\n');
};
