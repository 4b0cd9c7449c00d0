import { AwsError } from '../../aws/service.ts';
import { definitionProblems } from '../lint/lint.ts';
import { refuseUnknownFeatures } from './not-implemented.ts';

/** Definitions that were looked at before: asl-validator takes about 100 ms for each. */
const known = new Map<string, readonly string[]>();

const look = (text: string): readonly string[] => {
  try {
    return definitionProblems(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return ['INVALID_JSON_DESCRIPTION'];
    throw error;
  }
};

/** Everything that is wrong with the text of a definition; empty for one that can run. */
export const problemsIn = (text: string): readonly string[] => {
  const problems = known.get(text) ?? look(text);
  known.set(text, problems);
  return problems;
};

/** @throws AwsError InvalidDefinition, with all problems in its message; NotImplemented for what only AWS can run */
export const acceptDefinition = (text: string): void => {
  const problems = problemsIn(text);
  if (problems.length > 0) {
    const message = `Invalid State Machine Definition: '${problems.join(', ')}'`;
    throw new AwsError('InvalidDefinition', message, 400);
  }
  refuseUnknownFeatures(JSON.parse(text));
};
