/** What the schemas of a service's SDK client do not say. */
export interface Service {
  /** The IAM prefix: what policies and `Call.service` say. */
  readonly prefix: string;
  /** The service's name in a SigV4 credential scope, where that is not the prefix. */
  readonly scope?: string;
  /** The npm package whose schemas describe the service. */
  readonly client: string;
  /** The error for input that the model does not allow. */
  readonly invalid: string;
  /** The error for a refusal by IAM: `AccessDeniedException` where the service has no name of its own. */
  readonly denied?: string;
  /** XML namespace of Query answers, for the services that speak it. */
  readonly xmlNamespace?: string;
}

/**
 * Every service that the edge can speak for. Names of errors: the services' API references; XML namespaces: the
 * protocol settings of their clients.
 */
export const SERVICES: readonly Service[] = [
  { prefix: 'appmesh', client: '@aws-sdk/client-app-mesh', invalid: 'BadRequestException' },
  {
    prefix: 'cloudwatch',
    scope: 'monitoring',
    client: '@aws-sdk/client-cloudwatch',
    invalid: 'ValidationError',
    denied: 'AccessDenied',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  },
  { prefix: 'dynamodb', client: '@aws-sdk/client-dynamodb', invalid: 'ValidationException' },
  { prefix: 'ecr', client: '@aws-sdk/client-ecr', invalid: 'InvalidParameterException' },
  { prefix: 'eks', client: '@aws-sdk/client-eks', invalid: 'InvalidParameterException' },
  { prefix: 'events', client: '@aws-sdk/client-eventbridge', invalid: 'ValidationException' },
  { prefix: 'lambda', client: '@aws-sdk/client-lambda', invalid: 'InvalidParameterValueException' },
  { prefix: 'logs', client: '@aws-sdk/client-cloudwatch-logs', invalid: 'InvalidParameterException' },
  { prefix: 'secretsmanager', client: '@aws-sdk/client-secrets-manager', invalid: 'ValidationException' },
  {
    prefix: 'sns',
    client: '@aws-sdk/client-sns',
    invalid: 'InvalidParameterException',
    denied: 'AuthorizationErrorException',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
  },
  { prefix: 'ssm', client: '@aws-sdk/client-ssm', invalid: 'ValidationException' },
  { prefix: 'states', client: '@aws-sdk/client-sfn', invalid: 'ValidationException' },
  {
    prefix: 'sts',
    client: '@aws-sdk/client-sts',
    invalid: 'ValidationError',
    denied: 'AccessDenied',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  },
  { prefix: 'xray', client: '@aws-sdk/client-xray', invalid: 'InvalidRequestException' },
];

const byScope = new Map(SERVICES.map((service) => [service.scope ?? service.prefix, service]));

/** The service that a SigV4 credential scope names. */
export const serviceOfScope = (scope: string): Service | undefined => byScope.get(scope);
