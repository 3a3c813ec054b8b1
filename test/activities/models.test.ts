import assert from 'node:assert/strict';
import { modelActivities } from '../../src/activities/service/models.ts';
import { digestOf, startDataServer } from './data-server.ts';
import { failureOf, inStep } from './in-step.ts';

const east = { service: 'shop', region: 'east' };

describe('what a service predicts with', () => {
  let server: Awaited<ReturnType<typeof startDataServer>>;
  beforeEach(async () => void (server = await startDataServer()));
  afterEach(() => server.stop());
  const tools = () => modelActivities(server.environment());
  const versionOf = (name: string) => {
    const { version, made } = server.world.versions.find((one) => one.version === name)!;
    return { ...east, version, digest: digestOf(made) };
  };
  const damage = (name: string) => void (server.world.versions.find(({ version }) => version === name)!.bytes = Buffer.from('{"weight":'));

  it('is told with what could be served, newest first, and no addresses', async () => {
    const { result } = await inStep(tools().readModel, east);
    assert.deepEqual(
      [result.serving.version, result.schema, result.versions.map(({ version }) => version)],
      ['2', 'sensor/2', ['3', '2', '1']],
    );
    assert.ok(!JSON.stringify(result).includes('artefacts'));
  });

  it('is whole when its bytes have the checksum that the registry says', async () => {
    assert.equal((await inStep(tools().checkArtefact, { ...east, version: '2' })).result.intact, true);
    damage('2');
    const { result, evidence } = await inStep(tools().checkArtefact, { ...east, version: '2' });
    assert.deepEqual(result, { digest: digestOf(Buffer.from('{"weight":')), bytes: 10, intact: false });
    assert.ok(evidence.every(({ kind }) => kind === 'read'));
  });

  it('is not looked for on another host, whatever the registry says', async () => {
    server.world.artefacts = 'http://127.0.0.2:9';
    const found = await failureOf(inStep(tools().checkArtefact, { ...east, version: '2' }));
    assert.deepEqual([found.name, found.message], ['RefusedBySafetyRule', 'the artefact of 2 is on another host']);
  });

  it('answers golden inputs as they are known; an error, and another number, are wrong', async () => {
    assert.deepEqual((await inStep(tools().askGoldenInputs, east)).result, [{ name: 'a warm day', good: true, detail: 'as known' }]);
    server.world.loaded = '3';
    assert.deepEqual((await inStep(tools().askGoldenInputs, east)).result[0], {
      name: 'a warm day',
      good: false,
      detail: 'score is 75, not 50',
    });
    damage('3');
    assert.equal((await inStep(tools().askGoldenInputs, east)).result[0]!.detail, 'answered 500');
  });

  it('is served by its digest once, proven by what it answers, and not at all in simulate', async () => {
    Object.assign(server.world, { serving: '3', loaded: '3' });
    const dry = await inStep(tools().serveModel, versionOf('1'), { mode: 'simulate' });
    assert.deepEqual([dry.predicted.length, server.world.changes], [1, []]);
    server.world.losesAnswers = true;
    const { result } = await inStep(tools().serveModel, versionOf('1'));
    assert.deepEqual([result, server.world.changes.length, server.world.serving], [{ serving: '1' }, 1, '1']);
    await inStep(tools().serveModel, versionOf('1'));
    assert.equal(server.world.changes.length, 1);
  });

  it('is not served when it is damaged, takes other inputs, or is another one than people approved', async () => {
    const refused = async (asked: object, why: RegExp) => {
      const { name, message } = await failureOf(inStep(tools().serveModel, { ...versionOf('1'), ...asked }));
      assert.deepEqual([name, why.test(message), server.world.changes], ['RefusedBySafetyRule', true, []], message);
    };
    await refused({ digest: `sha256:${'0'.repeat(64)}` }, /it is sha256:\w+ now/);
    damage('1');
    await refused({}, /damaged/);
    server.world.versions[0]!.schema = 'sensor/1';
    await refused({}, /takes inputs of sensor\/1, and the service sends sensor\/2/);
  });

  it('is put back as it was, also when it was a bad one', async () => {
    damage('3');
    await inStep(tools().putBackModel, versionOf('3'));
    assert.equal(server.world.serving, '3');
  });

  it('takes no hostile versions and digests', async () => {
    for (const asked of [{ version: '../../etc/passwd' }, { version: '$(id)' }, { digest: 'latest' }, { digest: '' }])
      assert.equal((await failureOf(inStep(tools().serveModel, { ...versionOf('1'), ...asked }))).name, 'InvalidInput');
    assert.deepEqual(server.world.changes, []);
  });

  it('is watched by its golden inputs', async () => {
    const { result } = await inStep(tools().holdPredictions, { ...east, forMs: 300, everyMs: 100 });
    assert.deepEqual([result!.readings, result!.bad], [3, 0]);
    server.world.loaded = '3';
    const bad = await inStep(tools().holdPredictions, { ...east, forMs: 300, everyMs: 100 });
    assert.deepEqual([bad.result!.bad, bad.result!.detail], [3, 'a warm day: score is 75, not 50']);
  });
});
