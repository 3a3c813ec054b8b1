import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { loadEnvironment, parseEnvironment, resolveReference } from '../../src/config/environment.ts';

const rangeFile = 'environments/range.yaml';
const range = await readFile(rangeFile, 'utf8');
const problemsOf = (text: string) => {
  try {
    parseEnvironment(text, 'mine.yaml');
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
};

describe('environment', () => {
  it('reads the practice range, with durations in milliseconds', async () => {
    const environment = await loadEnvironment(rangeFile);
    assert.equal(environment.name, 'range');
    assert.equal(environment.failover.targets.rto, 60_000);
  });

  it('names every mistake at once, each with its place in the file', () => {
    const problems = problemsOf(
      range
        .replace('rto: 60s', 'rto: soon')
        .replace('quorum: 2\n    within', 'quorum: 0\n    within')
        .replace('title: The shop', 'titel: The shop'),
    );
    assert.equal(problems.length, 4, problems.join('\n'));
    assert.match(problems.join('\n'), /mine\.yaml:\d+:\d+ \/failover\/targets\/rto use a duration/);
    assert.match(problems.join('\n'), /\/services\/shop\/titel is not known here/);
  });

  it('refuses a service whose database, record or region is not in the file', () => {
    assert.match(problemsOf(range.replace('database: orders\n', 'database: elsewhere\n')).join(), /names the database elsewhere/);
    assert.match(problemsOf(range.replace('sets: { east: east,', 'sets: { north: east,')).join(), /names the region north/);
  });

  it('refuses an account of Slack or PagerDuty that two people share, or that is none', () => {
    const withAccounts = (sam: string, ana: string) =>
      range.replace('{ subject: sam,', `{ subject: sam, ${sam},`).replace('subject: ana,', `subject: ana,\n      ${ana},`);
    assert.deepEqual(problemsOf(withAccounts('slack: U024BE7LH', 'slack: U024BE7LJ')), []);
    assert.match(problemsOf(withAccounts('slack: U024BE7LH', 'slack: U024BE7LH')).join(), /people\/1\/slack is the account of sam already/);
    const mail = problemsOf(withAccounts('pagerduty: Us@Example.com', 'pagerduty: us@example.com'));
    assert.match(mail.join(), /people\/1\/pagerduty is the account of sam already/);
    assert.match(problemsOf(withAccounts('slack: sam', 'pagerduty: ana')).join(), /id of a member.*id of a user/s);
  });

  it('points at the line of broken YAML', () => {
    assert.match(problemsOf('version: 1\nname: [range\n')[0]!, /^mine\.yaml:\d+:\d+ /);
  });

  it('refuses a secret that is written out', () => {
    assert.match(problemsOf(range.replace('token: env:MUSTER_RANGE_SLACK_TOKEN', 'token: visibly-fake')).join(), /must be a reference/);
  });

  it('follows references and says which variable is missing', () => {
    assert.equal(resolveReference('env:PLACE', { PLACE: 'here' }), 'here');
    assert.equal(resolveReference('as it is', {}), 'as it is');
    assert.throws(() => resolveReference('env:PLACE', {}), /the variable PLACE is not set/);
  });
});
