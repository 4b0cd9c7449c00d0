import type { Behaviours } from '../../aws/service.ts';
import type { Alias } from '../aliases.ts';
import type { StepFunctionsEngine } from '../engine.ts';
import { page } from './page.ts';

const described = ({ arn, name, description, routes, createdAt, updatedAt }: Alias) => ({
  stateMachineAliasArn: arn,
  name,
  ...(description !== undefined && { description }),
  routingConfiguration: routes,
  creationDate: createdAt,
  updateDate: updatedAt,
});

/** Aliases of state machines. */
export const aliasBehaviours = ({ machines }: StepFunctionsEngine): Behaviours => ({
  CreateStateMachineAlias({ name, description, routingConfiguration }, { now }) {
    for (const { stateMachineVersionArn } of routingConfiguration) machines.resolve(stateMachineVersionArn);
    const { arn, createdAt } = machines.aliases.create(name, routingConfiguration, { description, now });
    return { stateMachineAliasArn: arn, creationDate: createdAt };
  },
  UpdateStateMachineAlias({ stateMachineAliasArn, description, routingConfiguration }, { now }) {
    const routes = routingConfiguration;
    const { updatedAt } = machines.aliases.update(stateMachineAliasArn, { routes, description, now });
    return { updateDate: updatedAt };
  },
  DescribeStateMachineAlias: ({ stateMachineAliasArn }) =>
    described(machines.aliases.get(stateMachineAliasArn)),
  ListStateMachineAliases(input) {
    const { items, rest } = page(machines.aliases.of(machines.get(input.stateMachineArn).arn), input);
    const stateMachineAliases = items.map(({ arn, createdAt }) => ({
      stateMachineAliasArn: arn,
      creationDate: createdAt,
    }));
    return { stateMachineAliases, ...rest };
  },
  DeleteStateMachineAlias({ stateMachineAliasArn }) {
    machines.aliases.delete(stateMachineAliasArn);
    return {};
  },
});
