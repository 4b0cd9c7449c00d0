import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { invokeHook } from '../adapters/hooks/function-hook.ts';
import { HookCaller } from '../adapters/hooks/hook-caller.ts';
import { readSecret } from '../adapters/secrets.ts';
import { type Acting, actingClient } from './clients.ts';

/** The hooks of a spec: their secrets and functions are reached with the service's role, their addresses from outside any VPC. */
export const hookCaller = (acting: Acting): HookCaller =>
  new HookCaller({
    secret: (name) => readSecret(actingClient(SecretsManagerClient, acting), name),
    invoke: (hook, body) => invokeHook(hook, body, actingClient(LambdaClient, acting)),
  });
