/** A Canary that needs nothing changed, with what a test wants otherwise. */
export const canary = (change: { spec?: object; analysis?: object; service?: object } = {}) => ({
  apiVersion: 'flagger.app/v1beta1',
  kind: 'Canary',
  metadata: { name: 'podinfo', namespace: 'test' },
  spec: {
    provider: 'appmesh:v1beta2',
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' },
    service: { port: 9898, ...change.service },
    analysis: {
      interval: '1m',
      threshold: 5,
      maxWeight: 50,
      stepWeight: 5,
      metrics: [{ name: 'request-success-rate', thresholdRange: { min: 99 } }],
      ...change.analysis,
    },
    ...change.spec,
  },
});

/** The analysis with its steps replaced. */
export const steps = (steps: object) =>
  canary({ analysis: { stepWeight: undefined, maxWeight: undefined, ...steps } });
