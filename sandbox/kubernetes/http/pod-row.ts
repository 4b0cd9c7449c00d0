import type { Pod } from '../objects.ts';

/** The word that kubectl shows as a pod's status: the waiting reason of a container before the phase. */
export const podStatusWord = ({ metadata, status }: Pod): string => {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  const init = status?.initContainerStatuses?.find(({ state }) => state?.waiting?.reason);
  if (init !== undefined) return `Init:${init.state?.waiting?.reason}`;
  const states = status?.containerStatuses?.map(
    ({ state }) => state?.waiting?.reason ?? state?.terminated?.reason,
  );
  return states?.find((reason) => reason !== undefined) ?? status?.phase ?? 'Pending';
};

const containers = ({ status }: Pod) => status?.containerStatuses ?? [];

/** The columns of `kubectl get pods`, age left out. */
export const podRow: readonly (readonly [name: string, cell: (pod: Pod) => string | number, priority?: 1])[] =
  [
    ['Name', ({ metadata }) => metadata.name],
    ['Ready', (pod) => `${containers(pod).filter((it) => it.ready).length}/${pod.spec.containers.length}`],
    ['Status', podStatusWord],
    ['Restarts', (pod) => containers(pod).reduce((sum, it) => sum + it.restartCount, 0)],
    ['IP', ({ status }) => status?.podIP ?? '<none>', 1],
    ['Node', ({ spec }) => spec.nodeName ?? '<none>', 1],
  ];
