/**
 * Outbound metrics of App Mesh's metrics extension, reported by each caller's Envoy (user guide, "metrics"). Counts are
 * per minute or finer as the agent flushes them; TargetResponseTime is in milliseconds.
 */
export const METRIC = {
  requests: 'RequestCountPerTarget',
  failures: 'HTTPCode_Target_5XX_Count',
  responseTime: 'TargetResponseTime',
} as const;

/** How agents write the names: EMF and the sandbox as they are, Prometheus and statsd with the extension's prefixes. */
export const PREFIXES = ['', 'envoy_appmesh_', 'envoy.appmesh.'] as const;

export const DIMENSION = {
  mesh: 'Mesh',
  /** A caller is one or the other. */
  callers: ['VirtualNode', 'VirtualGateway'],
  service: 'TargetVirtualService',
  target: 'TargetVirtualNode',
} as const;
