// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables so.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Code,
  Function as LambdaFunctionConstruct,
  CfnPermission as Permission,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { buildSync } from 'esbuild';

const START = `
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
export const handler = async ({ detail }) => {
  const input = JSON.stringify({ tag: detail['image-tag'] });
  const command = new StartExecutionCommand({ stateMachineArn: process.env.MACHINE, name: 'rollout-' + detail['image-tag'], input });
  return (await new SFNClient({}).send(command)).executionArn;
};`;
const GREET = `export const handler = async ({ tag, now }) => {
  if (tag === 'bad') throw Object.assign(new Error('no such tag'), { name: 'Canary.Bad' });
  return { greeting: 'hello ' + tag, now, clock: Date.now() };
};`;

const DEFINITION = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Wait a minute',
  States: {
    'Wait a minute': { Type: 'Wait', Seconds: 60, Next: 'Greet' },
    Greet: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: {
        FunctionName: '${GreetArn}',
        Payload: { tag: '{% $states.input.tag %}', now: '{% $states.context.State.EnteredTime %}' },
      },
      Output: '{% $states.result.Payload %}',
      End: true,
    },
  },
});

/** A small CDK app, synthesised: a push starts a function, which starts a machine, which calls a function after a minute. */
export const synthesiseMiniApp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-app-'));
  const app = new App({ outdir: join(folder, 'cdk.out'), analyticsReporting: false });
  const shared = new Stack(app, 'shared');
  const stack = new Stack(app, 'mini');
  const addFunction = (
    scope: Stack,
    id: string,
    source: string,
    environment: Record<string, string> = {},
  ) => {
    const code = join(folder, id);
    mkdirSync(code);
    writeFileSync(join(code, 'index.mjs'), source);
    return new LambdaFunctionConstruct(scope, id, {
      functionName: id,
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromAsset(code),
      timeout: Duration.seconds(20),
      environment,
    });
  };
  const bundled = buildSync({
    stdin: { contents: START, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  }).outputFiles[0]?.text;
  const greet = addFunction(shared, 'greet', GREET).currentVersion;
  const machine = new StateMachine(stack, 'Machine', {
    stateMachineName: 'rollout',
    definitionBody: DefinitionBody.fromString(DEFINITION),
    definitionSubstitutions: { GreetArn: greet.functionArn },
  });
  machine.addToRolePolicy(
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [greet.functionArn] }),
  );
  const start = addFunction(stack, 'start', bundled ?? '', { MACHINE: machine.stateMachineArn });
  machine.grantStartExecution(start);
  const undelivered = new Queue(stack, 'Undelivered', { queueName: 'undelivered' });
  const pushes = (id: string, tag: string) =>
    new Rule(stack, id, {
      eventPattern: {
        source: ['aws.ecr'],
        detail: { 'action-type': ['PUSH'], 'image-tag': [{ prefix: tag }] },
      },
    });
  pushes('Push', '6.').addTarget(new LambdaFunction(start));
  pushes('BadPush', 'bad').addTarget(new LambdaFunction(start));
  // A rule whose function does not let it in.
  const intruder = pushes('Intruder', 'intruder');
  intruder.addTarget(
    new LambdaFunction(addFunction(stack, 'locked', GREET), { deadLetterQueue: undelivered }),
  );
  for (const child of stack.node.findAll()) {
    if (child instanceof Permission && child.node.path.includes('Intruder'))
      child.node.scope?.node.tryRemoveChild(child.node.id);
  }
  app.synth();
  return {
    assembly: join(folder, 'cdk.out'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
