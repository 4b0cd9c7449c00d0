import * as z from 'zod';
import { duration } from './duration-schema.ts';
import { meshName } from './names.ts';
import { connection, exactlyOneServer } from './prometheus-connection.ts';
import { counterQuery } from './query-schema.ts';

/** How late a source's newest period can be read, and how long a period is: seconds, both. */
const DELAY = () => duration({ min: 0, max: 900 }).default(120);

/** Seconds, written as any duration: `30s` or 30. */
const period = <const Lengths extends readonly number[]>(lengths: Lengths, wanted: string) =>
  duration({ min: 0, max: 86_400 }).pipe(z.literal(lengths, wanted)).default(60);

const cloudWatch = z.strictObject({
  namespace: z.string().regex(/^[^:].{0,254}$/, 'must be a CloudWatch namespace of 1 to 255 characters'),
  callers: z.array(meshName()).min(1, 'must list at least one caller'),
  delay: DELAY(),
  period: period([10, 30, 60, 120, 180, 240, 300], 'must be 10, 30 or a multiple of 60 seconds up to 300'),
});

const traceService = () => z.string().min(1, 'must not be empty').max(64, 'must have at most 64 characters');

const xRay = z.strictObject({
  /** X-Ray's service name of each side; `mesh/virtualNode`, as Envoy names its segments, when absent. */
  services: z.strictObject({ primary: traceService(), canary: traceService() }).optional(),
  /** Services (as X-Ray names them) whose requests count; every traced request when absent. */
  callers: z.array(traceService()).min(1, 'must list at least one caller').optional(),
  delay: DELAY(),
  period: period([60, 300], 'must be 60 or 300 seconds (GetTimeSeriesServiceStatistics)'),
});

const prometheus = z
  .strictObject({
    ...connection,
    /** Virtual nodes or gateways that call the service, for the metrics of App Mesh's extension. */
    callers: z.array(meshName()).min(1, 'must list at least one caller').optional(),
    queries: z
      .strictObject({
        requests: counterQuery(),
        failures: counterQuery(),
        durations: counterQuery().optional(),
        /** Of the buckets' edges. */
        unit: z.enum(['ms', 's']).default('s'),
      })
      .optional(),
    delay: duration({ min: 0, max: 900 }).default(30),
    period: period(
      [10, 15, 30, 60, 120, 180, 240, 300],
      'must be 10, 15, 30 or a multiple of 60 seconds up to 300',
    ),
  })
  .check(exactlyOneServer)
  .refine(
    ({ callers, queries }) => (callers === undefined) !== (queries === undefined),
    'must have either callers, whose App Mesh metrics are read, or queries of its own',
  );

/** The kinds of sources, by their keys in a spec. */
export const KINDS = { cloudWatch, xRay, prometheus };

/** Where evidence is read: exactly one of the kinds. */
export const source = z
  .strictObject(KINDS)
  .partial()
  .refine(
    (value) => Object.values(value).filter((kind) => kind !== undefined).length === 1,
    `must have exactly one of ${Object.keys(KINDS).join(', ')}`,
  );

/** Where queries of a spec's own are asked: the periods are those of the analysis. */
export const ownSource = z
  .strictObject({
    cloudWatch: z.strictObject({ delay: DELAY() }),
    prometheus: z
      .strictObject({ ...connection, delay: duration({ min: 0, max: 900 }).default(30) })
      .check(exactlyOneServer),
  })
  .partial()
  .refine(
    (value) => Object.values(value).filter((kind) => kind !== undefined).length === 1,
    'must have exactly one of cloudWatch, prometheus',
  );
