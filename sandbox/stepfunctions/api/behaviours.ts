import type { Behaviours } from '../../aws/service.ts';
import type { StepFunctionsEngine } from '../engine.ts';
import { aliasBehaviours } from './aliases.ts';
import { executionBehaviours } from './executions.ts';
import { machineBehaviours } from './machines.ts';

const tokenBehaviours = ({ tokens }: StepFunctionsEngine): Behaviours => ({
  SendTaskSuccess({ taskToken, output }) {
    tokens.success(taskToken, output);
    return {};
  },
  SendTaskFailure({ taskToken, error, cause }) {
    tokens.failure(taskToken, error, cause);
    return {};
  },
  SendTaskHeartbeat({ taskToken }) {
    tokens.heartbeat(taskToken);
    return {};
  },
});

/** The Step Functions API over an engine. */
export const stepFunctionsBehaviours = (engine: StepFunctionsEngine): Behaviours => ({
  ...machineBehaviours(engine),
  ...aliasBehaviours(engine),
  ...executionBehaviours(engine),
  ...tokenBehaviours(engine),
});
