import { AwsError } from '../../aws/service.ts';
import { everyGraph, graphOf, type RawState, record } from '../lint/shapes.ts';

const distributedFields = ['ItemReader', 'ItemBatcher', 'ResultWriter'] as const;

const featureOf = (language: unknown, { Type, QueryLanguage = language, ...state }: RawState) => {
  if (QueryLanguage !== 'JSONata') return 'JSONPath (set QueryLanguage to JSONata)';
  if (Type !== 'Map') return undefined;
  const field = distributedFields.find((name) => state[name] !== undefined);
  if (field !== undefined) return `Map with ${field}`;
  const { Mode } = record(record(state.ItemProcessor).ProcessorConfig);
  return Mode === 'DISTRIBUTED' ? 'Map in mode DISTRIBUTED' : undefined;
};

/**
 * Refuses what Step Functions can and the sandbox can't run, so that no execution ends otherwise than on AWS.
 * @throws AwsError NotImplemented (501) with the first state that has such a feature
 */
export const refuseUnknownFeatures = (definition: unknown): void => {
  const { QueryLanguage = 'JSONPath' } = record(definition);
  for (const { at, states } of everyGraph(graphOf(definition))) {
    for (const [name, state] of states) {
      const feature = featureOf(QueryLanguage, state);
      if (feature === undefined) continue;
      throw new AwsError('NotImplemented', `${at}${name}: the sandbox does not run ${feature}.`, 501);
    }
  }
};
