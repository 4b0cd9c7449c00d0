/** A condition as pods, ReplicaSets, Deployments and autoscalers have it. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  lastUpdateTime?: string;
}

/** The conditions with one set; its transition time moves only when its status does. */
export const withCondition = <T extends Condition>(
  conditions: readonly T[] | undefined,
  next: T,
  now: string,
): T[] => {
  const list = conditions ?? [];
  const current = list.find(({ type }) => type === next.type);
  const since = current?.status === next.status ? current.lastTransitionTime : undefined;
  const whole = { ...next, lastTransitionTime: since ?? now };
  return current === undefined ? [...list, whole] : list.map((it) => (it === current ? whole : it));
};

export const withoutCondition = <T extends Condition>(
  conditions: readonly T[] | undefined,
  type: string,
): T[] => (conditions ?? []).filter((it) => it.type !== type);
