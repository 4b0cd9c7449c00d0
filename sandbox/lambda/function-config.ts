/** A function as it is deployed. */
export interface FunctionConfig {
  readonly name: string;
  /** A directory with the unpacked code. */
  readonly codeDirectory: string;
  /** `FILE.EXPORT`, as in `index.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** At most this many invocations at a time; more are refused with TooManyRequestsException. Default: no limit. */
  readonly reservedConcurrency?: number;
}

/** What the processes of a function get from the sandbox that they run in. */
export interface Surroundings {
  readonly region: string;
  readonly account: string;
  /** Where every AWS client of the function sends its calls: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** An existing folder for the processes' home and temporary files. */
  readonly folder: string;
  /** A folder for V8's code cache, shared by all functions; undefined: no cache. */
  readonly compileCache: string | undefined;
  /** A file with the certificates that functions trust beside the usual ones (PEM). @default none */
  readonly caFile?: string;
  /** In virtual time: what answers for every other machine. */
  readonly outside?: string | undefined;
}

/** Keys of a session of the function's role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, with `:QUALIFIER` where there is one. */
export const functionArn = (
  { region, account }: { region: string; account: string },
  name: string,
  qualifier?: string,
): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`;

/** Splits a function's name, `NAME:QUALIFIER`, ARN or partial ARN (Lambda API, FunctionName). */
export const splitFunctionName = (nameOrArn: string): { name: string; qualifier: string | undefined } => {
  const parts = nameOrArn.split(':');
  const at = parts.indexOf('function');
  const [name = nameOrArn, qualifier] = at < 0 ? parts : parts.slice(at + 1);
  return { name, qualifier };
};

/**
 * The environment of a function's process: the variables that Lambda reserves (Lambda developer guide, "Defined runtime
 * environment variables"), the AWS clients' endpoint, and the function's own.
 */
export const processEnvironment = (
  config: FunctionConfig,
  version: string,
  { region, endpoint, folder, compileCache, caFile }: Surroundings,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): Record<string, string> => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: folder,
  TMPDIR: folder,
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL: endpoint,
  AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
  ...(compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache }),
  ...(caFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: caFile }),
  ...config.environment,
  _HANDLER: config.handler,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: sessionToken,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: config.name,
  AWS_LAMBDA_FUNCTION_VERSION: version,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${config.name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: `sandbox/[${version}]`,
  LAMBDA_TASK_ROOT: config.codeDirectory,
});
