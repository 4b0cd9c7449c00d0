/** The names that the engine stack sets on its functions. */
export type EnvironmentName =
  | 'TABLE_NAME'
  | 'TOPIC_ARN'
  | 'RUNBOOK'
  | 'STATE_MACHINE_ARN'
  | 'READ_WORKLOAD_FUNCTION'
  | 'RETIRE_CANARY_FUNCTION';

/** A variable of this function's environment; a missing one is a fault of the deployment and says so. */
export const environment = (name: EnvironmentName): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`the function's environment has no ${name}: deploy the engine stack again`);
  return value;
};
