import assert from 'node:assert/strict';
import { validationActivities } from '../../src/activities/service/validation.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { type Answer, type Asked, smallServers } from './small-server.ts';

const where = { service: 'shop', region: 'east' };
const password = 'a-password-of-this-test';

/** A shop whose account opens for the right password. */
function account({ method, path, headers, body }: Asked): Answer {
  if (method === 'POST')
    return (body as { password: string }).password === password ? { status: 201, body: { token: 'key' } } : { status: 401 };
  return { status: path === '/account' && headers.authorization === 'Bearer key' ? 200 : 401 };
}

describe('the validation checklist', () => {
  const listening = smallServers();
  async function shop(answer: (asked: Asked) => Answer) {
    const { url } = await listening(answer);
    return validationActivities(environmentWith({ SHOP_EAST: url, CUSTOMER_PASSWORD: password }));
  }

  it('signs in with the right password, and keeps the password out of the record', async () => {
    const { signInWorks } = await shop(account);
    const { result, evidence } = await inStep(signInWorks, where);
    assert.match(result!.detail, /^ada signs in/);
    assert.doesNotMatch(JSON.stringify(evidence), new RegExp(password));
  });

  it('does not pass when nobody can sign in, or anybody can', async () => {
    const closed = await shop(() => ({ status: 401 }));
    assert.match((await failureOf(inStep(closed.signInWorks, where))).message, /ada cannot sign in: 401/);
    const open = await shop(({ method }) => (method === 'POST' ? { status: 201, body: { token: 'key' } } : { status: 200 }));
    assert.match((await failureOf(inStep(open.signInWorks, where))).message, /opens without the right password/);
  });

  it('waits until a metric is fresh', async () => {
    let asked = 0;
    const { metricsFlow } = await shop(() => {
      const at = (asked += 1) > 1 ? Date.now() / 1_000 : 1;
      return { status: 200, body: `# HELP x\nshop_last_answer_timestamp_seconds ${at}\n` };
    });
    const { result } = await inStep(metricsFlow, where);
    assert.match(result!.detail, /shop_last_answer_timestamp_seconds is (0 s|\d+ ms) old/);
  });

  it('reads the newest entry of the log', async () => {
    const { logsFlow } = await shop(() => ({ status: 200, body: { entries: [{ at: new Date().toISOString() }] } }));
    assert.match((await inStep(logsFlow, where)).result!.detail, /newest entry of the log is (0 s|\d+ ms) old/);
  });

  it('never passes a line that the environment does not say how to look up', async () => {
    const environment = environmentWith({ SHOP_EAST: 'http://127.0.0.1:1', CUSTOMER_PASSWORD: password });
    delete environment.services['shop']!.validation;
    const { logsFlow } = validationActivities(environment);
    const { name, message } = await failureOf(inStep(logsFlow, where));
    assert.deepEqual([name, message.includes('services.shop.validation.logs')], ['Inconclusive', true]);
  });

  it('is not gone through in a dry run', async () => {
    const { signInWorks } = await shop(account);
    assert.equal((await inStep(signInWorks, where, { mode: 'simulate' })).result, undefined);
  });
});
