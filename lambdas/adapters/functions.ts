import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { CanaryError, ErrorName } from '../core/errors.ts';
import { fromAws } from './aws-errors.ts';

const decoded = (payload: Uint8Array | undefined): string =>
  payload === undefined ? '' : new TextDecoder().decode(payload);

/** Calls another function of the engine and waits for its answer. An error of the function is thrown with its own name. */
export const callFunction = async <Result>(
  name: string,
  payload: object,
  client: LambdaClient,
): Promise<Result> => {
  const { Payload, FunctionError } = await client
    .send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload) }))
    .catch(fromAws(`call the function ${name}`));
  if (FunctionError === undefined) return JSON.parse(decoded(Payload)) as Result;
  const { errorType, errorMessage } = JSON.parse(decoded(Payload)) as {
    errorType?: string;
    errorMessage?: string;
  };
  const known = Object.values(ErrorName).find((candidate) => candidate === errorType);
  throw new CanaryError(known ?? ErrorName.Transient, errorMessage ?? `${name} failed`);
};
