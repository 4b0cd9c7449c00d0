import { unknownFaultCalls } from './checks/fault-calls.ts';
import { type LoadedScenario, loadScenario, WrongScenario } from './load-scenario.ts';

/** Scenarios that can be run, and every problem of those that cannot, a line each. */
export interface LoadedScenarios {
  readonly loaded: readonly LoadedScenario[];
  readonly problems: readonly string[];
}

const read = (file: string): LoadedScenario | WrongScenario => {
  try {
    return loadScenario(file);
  } catch (error) {
    if (error instanceof WrongScenario) return error;
    throw error;
  }
};

/** Reads every file before any is run, its faults checked against the APIs that they are to break. */
export const loadScenarios = async (files: readonly string[]): Promise<LoadedScenarios> => {
  const loaded: LoadedScenario[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const one = read(file);
    const wrong = one instanceof WrongScenario;
    const faults = await unknownFaultCalls(wrong ? one.parts : one.scenario);
    problems.push(...(wrong ? one.problems : []), ...faults.map((problem) => `${file}: ${problem}`));
    if (!wrong && faults.length === 0) loaded.push(one);
  }
  return { loaded, problems };
};
