import type { TraceBatch, TraceStore } from '../xray/trace-store.ts';
import type { MeshService } from './mesh-metrics.ts';

/** The share of requests that Envoy traces. Source: XRAY_SAMPLING_RATE's default, App Mesh user guide, Envoy variables. */
export const ENVOY_SAMPLING = 0.05;

/** What Envoy sends to X-Ray for one service: segments named `mesh/virtualNode`, so that each version is a node of the graph. */
export class MeshTraces {
  readonly #store: TraceStore | undefined;
  readonly #service: MeshService;
  readonly #segmentName: (node: string, version: string) => string;

  constructor(options: {
    store: TraceStore | undefined;
    service: MeshService;
    segmentName?: ((node: string, version: string) => string) | undefined;
  }) {
    this.#store = options.store;
    this.#service = options.service;
    this.#segmentName = options.segmentName ?? ((node) => `${options.service.mesh}/${node}`);
  }

  /** Records sampled requests, response times in seconds; a caller outside the mesh leaves no edge. */
  record(
    traced: Pick<TraceBatch, 'at' | 'times'> & { node: string; version: string; caller: string | undefined },
  ): void {
    const { at, times, node, version, caller } = traced;
    const { account, region, mesh } = this.#service;
    this.#store?.record({
      ...(account === undefined ? {} : { account }),
      ...(region === undefined ? {} : { region }),
      at,
      service: this.#segmentName(node, version),
      type: 'AWS::AppMesh::Proxy',
      ...(caller === undefined ? {} : { source: `${mesh}/${caller}` }),
      times,
    });
  }
}
