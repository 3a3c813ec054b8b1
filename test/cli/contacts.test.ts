import assert from 'node:assert/strict';
import { muster } from './support/muster.ts';

describe('muster contacts', () => {
  const say = (...more: string[]) =>
    muster(['contacts', ...more], { MUSTER_HOME: '/nowhere', MUSTER_ENVIRONMENT: 'environments/range.yaml' });

  it('shows people with their duties, whom an incident tells and how, and resolves no secret', async () => {
    const { code, stdout } = await say();
    assert.equal(code, 0);
    assert.match(stdout, /PERSON +NAME +ROLES +DUTIES\nsam +Sam \(on call\) +responder +none\n/);
    assert.match(stdout, /\nana +Ana \(incident commander\) +responder, approver +incident-commander, data-owner\n/);
    assert.match(stdout, /CONTACT +TITLE +REACHED BY\n/);
    assert.doesNotMatch(stdout, /TOKEN/);
  });

  it('prints the same as JSON', async () => {
    const { people } = JSON.parse((await say('-o', 'json')).stdout) as { people: { subject: string }[] };
    assert.deepEqual(
      people.map(({ subject }) => subject),
      ['sam', 'ana', 'ben', 'you', 'vic'],
    );
  });
});
