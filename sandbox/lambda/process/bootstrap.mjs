/**
 * What runs inside a function's process: loads the bundle once, then takes invocations from the Lambda Runtime API until
 * the process is ended. The API's paths and headers: "Lambda runtime API" in the Lambda developer guide.
 */
import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One call of the Runtime API. Resolves to the headers and the body, as text. */
const call = (method, path, body, headers = {}) =>
  new Promise((resolve, reject) => {
    const outgoing = request(`${api}${path}`, { method, agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ headers: answer.headers, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const shapeOf = (thrown, type) =>
  thrown instanceof Error
    ? { errorType: type ?? thrown.name, errorMessage: thrown.message, trace: thrown.stack?.split('\n') ?? [] }
    : { errorType: type ?? typeof thrown, errorMessage: String(thrown), trace: [] };

const report = (path, shape) =>
  call('POST', path, JSON.stringify(shape), { 'lambda-runtime-function-error-type': shape.errorType });

const failed = (errorType, message) => Object.assign(new Error(message), { name: errorType });

const loadHandler = async () => {
  const [file, exported] = process.env._HANDLER.split(/\.(?=[^.]*$)/);
  const base = join(process.env.LAMBDA_TASK_ROOT, file);
  const path = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find(existsSync);
  if (path === undefined) {
    throw failed('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  }
  const loaded = await import(pathToFileURL(path).href);
  const handler = loaded[exported] ?? loaded.default?.[exported];
  if (handler === undefined) {
    throw failed('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw failed('Runtime.HandlerNotFound', `${process.env._HANDLER} is not a function`);
  }
  return handler;
};

const contextOf = (headers) => ({
  awsRequestId: headers['lambda-runtime-aws-request-id'],
  invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
});

let current;

const dieOf = (type, code) => async (thrown) => {
  console.error(thrown);
  const path = current === undefined ? '/init/error' : `/invocation/${current}/error`;
  await report(path, shapeOf(thrown, type)).catch(() => undefined);
  process.exit(code);
};
process.on('uncaughtException', dieOf(undefined, 129));
process.on('unhandledRejection', dieOf('Runtime.UnhandledPromiseRejection', 128));

const answerTo = async (handler, { headers, text }) => {
  try {
    const value = await handler(JSON.parse(text), contextOf(headers));
    return { kind: 'response', body: JSON.stringify(value ?? null) };
  } catch (thrown) {
    const shape = shapeOf(thrown);
    return { kind: 'error', body: JSON.stringify(shape), errorType: shape.errorType };
  }
};

const serve = async (handler) => {
  for (;;) {
    const invocation = await call('GET', '/invocation/next');
    current = invocation.headers['lambda-runtime-aws-request-id'];
    process.env._X_AMZN_TRACE_ID = invocation.headers['lambda-runtime-trace-id'];
    const { kind, body, errorType } = await answerTo(handler, invocation);
    const headers = errorType === undefined ? {} : { 'lambda-runtime-function-error-type': errorType };
    await call('POST', `/invocation/${current}/${kind}`, body, headers);
    current = undefined;
  }
};

try {
  const handler = await loadHandler();
  // The host ends this process with a signal, after which Node would not write its cache.
  flushCompileCache();
  await serve(handler);
} catch (thrown) {
  await report('/init/error', shapeOf(thrown)).catch(() => undefined);
  process.exit(1);
}
