import { isCanaryError } from '../lambdas/core/errors.ts';
import { BadInput, NotDone } from './exit.ts';

interface AwsShaped {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
}

const NO_CREDENTIALS = /^(CredentialsProviderError|TokenProviderError)$/;
const WRONG_CREDENTIALS =
  /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|ExpiredToken(Exception)?|InvalidSignatureException)$/;
const UNREACHED =
  /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|TimeoutError|NetworkingError)$/;

const endpointText = (region: string): string => {
  const { AWS_ENDPOINT_URL: endpoint } = process.env;
  return endpoint === undefined ? `AWS in ${region}` : `${endpoint} (AWS_ENDPOINT_URL)`;
};

const firstLine = (text = ''): string => text.split('\n')[0] ?? '';

/** The error that ours was made from says more of what is wrong on this side of the wire. */
const rootOf = (error: unknown): AwsShaped => {
  const { cause } = error as { cause?: unknown };
  return isCanaryError(error) && cause !== undefined ? (cause as AwsShaped) : (error as AwsShaped);
};

const sentenceFor = (error: unknown, region: string): string | undefined => {
  const { name = '', code = '', message } = rootOf(error);
  if (NO_CREDENTIALS.test(name))
    return `credentials: none were found (${firstLine(message)}); run aws sso login or aws configure, or set AWS_PROFILE`;
  if (WRONG_CREDENTIALS.test(name))
    return `credentials: ${endpointText(region)} refuses them (${name}: ${firstLine(message)}); log in again`;
  if (UNREACHED.test(code) || UNREACHED.test(name))
    return `network: could not reach ${endpointText(region)} (${code || name}); check the network, AWS_ENDPOINT_URL, and that the region ${region} exists`;
  return undefined;
};

/**
 * Turns an error of AWS, of the network or of one of our functions into one line for a person, and throws it: BadInput
 * for what the person named wrongly, NotDone for the rest. An error that nobody expects goes on unchanged.
 */
export const explained =
  (region: string) =>
  (error: unknown): never => {
    const { AWS_ENDPOINT_URL: endpoint } = process.env;
    if (rootOf(error).code === 'ERR_INVALID_URL')
      throw new BadInput([
        `AWS_ENDPOINT_URL: must be a URL such as http://127.0.0.1:4566, got "${endpoint}"`,
      ]);
    const sentence = sentenceFor(error, region);
    if (sentence !== undefined) throw new NotDone(sentence, { cause: error });
    if (isCanaryError(error, 'Canary.InvalidInput')) throw new BadInput([error.message]);
    if (isCanaryError(error)) throw new NotDone(error.message, { cause: error });
    const { name, message } = error as AwsShaped;
    if (name === 'ResourceNotFoundException')
      throw new NotDone(
        `engine: there is none in ${region} (${firstLine(message)}); run npm run deploy, or set the region and profile where it is`,
        { cause: error },
      );
    throw error;
  };
