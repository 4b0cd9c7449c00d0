import { expect, it } from 'vitest';
import { cloudWatch } from './fixture.ts';

it('a dashboard is kept as given; one that is not JSON is refused, one that is not there named', () => {
  const { call } = cloudWatch();
  const DashboardBody = '{"widgets":[]}';
  call('PutDashboard', { DashboardName: 'rollouts', DashboardBody });
  expect(call('GetDashboard', { DashboardName: 'rollouts' })).toMatchObject({ DashboardBody });
  expect(call('ListDashboards', {})).toMatchObject({
    DashboardEntries: [{ DashboardName: 'rollouts', Size: 14 }],
  });
  expect(() => call('PutDashboard', { DashboardName: 'x', DashboardBody: '{' })).toThrowError(
    expect.objectContaining({ name: 'DashboardInvalidInputError' }),
  );
  call('DeleteDashboards', { DashboardNames: ['rollouts'] });
  expect(() => call('GetDashboard', { DashboardName: 'rollouts' })).toThrowError(
    expect.objectContaining({ name: 'DashboardNotFoundError', message: expect.stringContaining('rollouts') }),
  );
});
