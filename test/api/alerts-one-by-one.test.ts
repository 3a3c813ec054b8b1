import assert from 'node:assert/strict';
import { alert, alertsBody } from '../../src/api/alert-schemas.ts';

const good = {
  ...{ status: 'firing', labels: { alertname: 'ShopRegionLost' }, annotations: { summary: 's' } },
  ...{ startsAt: '2026-11-30T10:20:00.032813093Z', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'good1' },
};
const body = (...alerts: unknown[]) => ({ version: '4', status: 'firing', alerts });

describe('alerts in one webhook', () => {
  it('are taken one by one: a bad one does not make the whole a bad request', () => {
    const { alerts } = alertsBody.parse(body(good, { ...good, startsAt: '' }));
    assert.deepEqual(
      alerts!.map((one) => alert.safeParse(one).success),
      [true, false],
    );
  });

  it('may be none', () => {
    for (const alerts of [[], null]) assert.ok(alertsBody.safeParse({ ...body(), alerts }).success);
  });

  it('are taken with annotations that are null, and with an empty fingerprint', () => {
    assert.deepEqual(alert.parse({ ...good, annotations: null }).annotations, {});
    assert.deepEqual(alert.parse({ ...good, annotations: { summary: null, team: 'a' } }).annotations, { team: 'a' });
    assert.equal(alert.parse({ ...good, fingerprint: '' }).fingerprint, undefined);
  });
});
