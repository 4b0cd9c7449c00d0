import { list, type RawGraph, type RawState, record } from './shapes.ts';

/** Longest time and highest number of attempts (ASL specification, "Retrying after error"; Step Functions API). */
const MOST = 99_999_999;
/** `MaxDelaySeconds` is below this: 366 days (ASL specification). */
const LONGEST_DELAY = 31_622_400;

/** A number in the definition; undefined for an expression, which only the run can judge, and for what is not there. */
const numberIn = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const whole = (value: unknown, at: string, least: number): readonly string[] => {
  const number = numberIn(value);
  if (number === undefined || (Number.isInteger(number) && number >= least && number <= MOST)) return [];
  return [`${at} must be a whole number from ${least} to ${MOST}, got ${number}`];
};

const retrierProblems = (rule: RawState, at: string): readonly string[] => {
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds } = rule;
  const [rate, longest] = [numberIn(BackoffRate), numberIn(MaxDelaySeconds)];
  const first = numberIn(IntervalSeconds) ?? 1;
  return [
    ...whole(IntervalSeconds, `${at}/IntervalSeconds`, 1),
    ...whole(MaxAttempts, `${at}/MaxAttempts`, 0),
    ...(rate === undefined || rate >= 1 ? [] : [`${at}/BackoffRate must be 1 or more, got ${rate}`]),
    ...(longest === undefined || (longest > first && longest < LONGEST_DELAY)
      ? []
      : [
          `${at}/MaxDelaySeconds must be above IntervalSeconds (${first}) and below ${LONGEST_DELAY}, got ${longest}`,
        ]),
  ];
};

const emptyErrors = (handlers: unknown, at: string): readonly string[] =>
  list(handlers).flatMap((rule, index) =>
    list(record(rule).ErrorEquals).length === 0
      ? [`${at}[${index}]/ErrorEquals must name at least one error`]
      : [],
  );

const boundProblems = ({ TimeoutSeconds, HeartbeatSeconds }: RawState, at: string): readonly string[] => {
  const [timeout, heartbeat] = [numberIn(TimeoutSeconds), numberIn(HeartbeatSeconds)];
  return [
    ...whole(TimeoutSeconds, `${at}TimeoutSeconds`, 1),
    ...whole(HeartbeatSeconds, `${at}HeartbeatSeconds`, 1),
    ...(timeout === undefined || heartbeat === undefined || heartbeat < timeout
      ? []
      : [`${at}HeartbeatSeconds must be below TimeoutSeconds (${timeout}), got ${heartbeat}`]),
  ];
};

/** Numbers that the ASL specification does not allow, and rules without an error, which asl-validator lets pass. */
export const wrongNumbers = ({ at, states }: RawGraph): readonly string[] =>
  [...states].flatMap(([name, state]) => [
    ...boundProblems(state, `${at}${name}/`),
    ...list(state.Retry).flatMap((rule, index) =>
      retrierProblems(record(rule), `${at}${name}/Retry[${index}]`),
    ),
    ...emptyErrors(state.Retry, `${at}${name}/Retry`),
    ...emptyErrors(state.Catch, `${at}${name}/Catch`),
  ]);

/** The same of the machine's own time-out. */
export const wrongTimeout = (definition: unknown): readonly string[] =>
  whole(record(definition).TimeoutSeconds, 'TimeoutSeconds', 1);
