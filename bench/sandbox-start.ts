/** Prints the milliseconds from this process's start to the first answer of the sandbox's API over HTTP. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { VirtualClock } from '../sandbox/clock.ts';
import { startSandbox } from '../sandbox/sandbox.ts';

const sandbox = await startSandbox({ clock: new VirtualClock(Date.now()), virtual: true, port: 0 });
const client = new STSClient({
  region: sandbox.region,
  endpoint: sandbox.endpoint,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
await client.send(new GetCallerIdentityCommand());
console.log(performance.now());
client.destroy();
await sandbox.close();
