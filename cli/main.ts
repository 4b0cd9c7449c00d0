import { Command, CommanderError } from 'commander';
import { BadInput, Exit, NotDone } from './exit.ts';

const program = new Command('stepcanary')
  .description(
    'Canary releases for services on AWS, run by Step Functions, with nothing to install in the cluster',
  )
  .version('0.1.0')
  .exitOverride()
  .showSuggestionAfterError();

/** Each command's file is loaded when it is called: `validate` need not wait for the sandbox's imports. */
program
  .command('demo')
  .description(
    'a healthy release is promoted and a failing one rolled back, with live traffic, in about a minute',
  )
  .option('--plain', 'plain lines, as in a log, even in a terminal')
  .action(async (options) => (await import('./commands/demo.ts')).demo(options));
program
  .command('sandbox')
  .description('the local AWS, until Ctrl-C')
  .option('--port <port>', 'the port of the AWS APIs; another one where it is taken', '4566')
  .option('--rollouts <folder>', 'the specs to deploy into it', 'rollouts')
  .option('--target <target>', 'whose account and region it stands for; default: the first spec’s')
  .option('--running <tag>', 'the image tag that runs at first', '6.0.0')
  .action(async (options) => (await import('./commands/sandbox.ts')).sandbox(options));
program
  .command('rehearse')
  .description('whole rollouts in virtual time')
  .argument(
    '<scenario...>',
    'scenario files; a folder stands for its .yaml files, but for those that begin with an underscore',
  )
  .option('--json', 'one JSON document on stdout and nothing else')
  .option('--trace', 'the execution as the console shows it, state by state')
  .option('--report <file.html>', 'one page with all of it: path, weights, errors, latency, verdicts, alerts')
  .option('--records <folder>', 'writes each rollout’s record there, for stepcanary replay')
  .action(async (scenarios, options) =>
    (await import('./commands/rehearse.ts')).rehearse(scenarios, options),
  );
program
  .command('validate')
  .description('checks rollout specs')
  .argument('[spec...]', 'spec files, or folders of them; default: rollouts/')
  .option('--json', 'one JSON document on stdout and nothing else')
  .action(async (specs, options) => (await import('./commands/validate.ts')).validate(specs, options));
program
  .command('import')
  .description('converts Flagger’s Canaries to rollout specs')
  .argument('<file...>', 'manifests: files, or - for stdin, such as of kubectl get canaries -A -o yaml')
  .option('--out <folder>', 'where the specs go, one file for each service', 'rollouts')
  .option('--target <name>', 'the target of the specs; default: the one in the folder’s _targets.yaml')
  .option('--mesh <name>', 'the mesh, where a Canary names none; default: global')
  .option('--callers <names>', 'who calls the services, separated by commas; default: appmesh-gateway')
  .option(
    '--prometheus <where>',
    'a Prometheus to read instead of CloudWatch: its URL, or a workspace (ws-…)',
  )
  .option('--force', 'overwrites files that are there')
  .option('--json', 'one JSON document on stdout and nothing else')
  .action(async (files, options) => (await import('./commands/import.ts')).importCanaries(files, options));
program
  .command('plan')
  .description('what steps, time and failed requests a rollout takes, and what this traffic can prove')
  .argument('[spec...]', 'spec files, or folders of them; default: rollouts/')
  .option('--rps <number>', 'requests a second that the service gets')
  .option('--base-error <share>', 'share of requests that fail anyway', '0.1%')
  .option('--latency <spread>', 'median and spread (sigma) of log-normal response times', '50ms/0.6')
  .option('--from-metrics <span>', 'take all of these from the service’s own past instead, such as 7d')
  .option('--judge <judge>', 'sequential or threshold; default: the spec’s')
  .option('--draws <number>', 'rollouts to play for each figure; default: 100, or 40 for several specs')
  .option('--json', 'one JSON document on stdout and nothing else')
  .action(async (specs, options) => (await import('./commands/plan.ts')).plan(specs, options));

const service = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .argument('<service>', 'service@target, or the service where it has one target')
    .option('--rollouts <folder>', 'where the specs are', 'rollouts');

service('doctor', 'the preflight: reads all that a rollout will touch, and says what stands in the way')
  .option('--json', 'one JSON document on stdout and nothing else')
  .action(async (name, options) => (await import('./commands/doctor.ts')).doctor(name, options));
service('start', 'releases an image that is in the repository')
  .requiredOption('--tag <tag>', 'the image tag to release')
  .option('--retry', 'again, though it was taken in before')
  .action(async (name, options) => (await import('./commands/start.ts')).start(name, options));
service('undo', 'releases the version again that ran before, step by step').action(async (name, options) =>
  (await import('./commands/undo.ts')).undo(name, options),
);
program
  .command('status')
  .description('what is under way')
  .argument('[service]', 'one service; default: all')
  .option('--rollouts <folder>', 'where the specs are', 'rollouts')
  .option('--json', 'one JSON document on stdout and nothing else')
  .action(async (name, options) => (await import('./commands/status.ts')).status(name, options));
program
  .command('replay')
  .description('judges a rollout again from its record, also by other settings')
  .argument('<execution>', 'an execution, by name or ARN, or a file that --save wrote')
  .option(
    '--judge <judge>',
    'what the other judge, sequential or threshold, would have said to the same evidence',
  )
  .option('--set <setting...>', 'other settings of the analysis, such as alpha=0.05 or threshold=1')
  .option('--save <file>', 'writes the record to a file')
  .option('--rollouts <folder>', 'where the specs are', 'rollouts')
  .option('--json', 'one JSON document on stdout and nothing else')
  .action(async (execution, options) => (await import('./commands/replay.ts')).replay(execution, options));
service('history', 'the rollouts that have ended, newest first')
  .option('--limit <count>', 'how many', '20')
  .option('--json', 'one JSON document on stdout and nothing else')
  .action(async (name, options) => (await import('./commands/history.ts')).history(name, options));
for (const [command, description] of [
  ['watch', 'says what the judge says until the rollout has ended'],
  ['wait', 'until the rollout has ended: 0 when it was promoted, else 1'],
] as const) {
  service(command, description)
    .option('--tag <tag>', 'of this image tag; default: what is under way, else the last one')
    .option('--timeout <duration>', 'how long at most', '2h')
    .action(async (name, options) => (await import('./commands/watch.ts')).watch(name, command, options));
}
for (const [command, description] of [
  ['freeze', 'nothing new begins and no weight rises; a rollback is never held'],
  ['unfreeze', 'ends a freeze that a person has set'],
] as const) {
  const freezing = program
    .command(command)
    .description(description)
    .argument('[service]', 'service@target, or the service where it has one target')
    .option('--all', 'all services of the engines that the credentials reach')
    .option('--rollouts <folder>', 'where the specs are', 'rollouts');
  if (command === 'freeze')
    freezing
      .option('--reason <text>', 'why, for whoever meets the freeze')
      .option('--until <time>', 'when it ends by itself: 2026-12-24T08:00:00Z, or 2h from now');
  freezing.action(async (name, options) =>
    (await import('./commands/freeze.ts')).freeze(name, command, options),
  );
}
for (const [command, description] of [
  ['approve', 'answers the open question with yes'],
  ['reject', 'answers the open question with no: rolls back'],
  ['abort', 'rolls back at the next tick'],
  ['promote', 'promotes at the next tick, whatever is proven by then'],
  ['pause', 'stays at the present weight, still judging'],
  ['resume', 'goes on'],
  ['unlock', 'sets a service free after a person has mended its primary'],
] as const) {
  service(command, description).action(async (name, options) =>
    (await import('./commands/command.ts')).command(name, command, options),
  );
}

// Whoever reads may have seen enough, as `head` has: that ends the command without a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(Exit.not);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? Exit.asAsked : Exit.badInput;
  } else if (error instanceof BadInput || error instanceof NotDone) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof BadInput ? Exit.badInput : Exit.not;
  } else {
    throw error;
  }
}
