/** The names of one kind that are part of a release: those listed, or every one that the pod template reads. */
export type TrackedNames = 'all' | readonly string[];

/** `workload.configTracking` of a parsed spec. */
export type ConfigTracking = boolean | { readonly configMaps: TrackedNames; readonly secrets: TrackedNames };

/** What a spec tracks of each kind. A service stack of before this key says nothing; its Role reads no configuration either. */
export const trackingOf = ({
  configTracking: written,
}: {
  readonly configTracking: ConfigTracking;
}): { readonly configMaps: TrackedNames; readonly secrets: TrackedNames } => {
  if (typeof written === 'object') return written;
  return { configMaps: written === true ? 'all' : [], secrets: [] };
};

/** Whether a spec tracks anything at all. */
export const tracksConfig = (workload: { readonly configTracking: ConfigTracking }): boolean =>
  Object.values(trackingOf(workload)).some((tracked) => tracked === 'all' || tracked.length > 0);
