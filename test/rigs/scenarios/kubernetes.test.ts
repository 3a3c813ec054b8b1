import assert from 'node:assert/strict';
import { asks, ended, follow, play, start, undo } from './follow.ts';
import { endedAs, images, kubernetesShop } from './kubernetes-shop.ts';

describe('pods that crash on Kubernetes', function () {
  this.timeout(150_000);
  const shop = kubernetesShop();
  const { estate, well } = shop;
  const outOfMemory = async () => {
    await shop.rollOut('oom', { enoughMemory: '384Mi' });
    await shop.meets(503);
  };
  const moreMemory = 'Give each copy of shop in east 384 MiB instead of 256 MiB?';
  const givesUp = 'Find out what else shop needs';

  it('and were killed for their memory get half as much again, their last words are kept, and they live', async () => {
    shop.cluster.logs.writePrevious('allocating the last page');
    await outOfMemory();
    const changes = shop.since();
    const { view, questions } = await play(estate, 'pods-crash-looping');
    endedAs(view, 'completed');
    assert.deepEqual(questions, [moreMemory]);
    assert.deepEqual((view.measures['crash'] as { lastWords: string[] }).lastWords, ['allocating the last page']);
    assert.deepEqual(await changes(), ['patch deployments shop']);
    await well({ memory: '384Mi' });
  });

  it('are left alone in a dry run, which says every call that it would make', async () => {
    await outOfMemory();
    const changes = shop.since();
    const pods = await shop.pods();
    const { view } = await play(estate, 'pods-crash-looping', { mode: 'simulate' });
    endedAs(view, 'completed');
    const calls = view.steps.flatMap(({ predicted }) => predicted.map(({ call }) => call));
    assert.ok(
      calls.some((call) => call.includes('set resources deployment/shop -c shop --limits=memory=384Mi')),
      calls.join('\n'),
    );
    assert.deepEqual([await changes(), await shop.pods()], [[], pods]);
  });

  it('because of a bad release are helped by the one that ran before, when more memory is refused', async () => {
    await shop.rollOut('oom', { image: images.bad });
    await shop.meets(503);
    const changes = shop.since();
    const { view, questions } = await play(estate, 'pods-crash-looping', { declines: [/Give each copy/] });
    endedAs(view, 'completed');
    assert.deepEqual(questions, [moreMemory, 'Roll shop in east back from shop:bad to shop:1.4.0?']);
    assert.deepEqual(await changes(), ['patch deployments shop']);
    await well();
  });

  it('beside those of the former release, because the image of the new one is not there, are not taken for well', async () => {
    await shop.cluster.fault({ namespace: 'shop', deployment: 'shop' }, 'image-pull', { image: 'shop:none' });
    await shop.sees('a pod without its image', ({ pods, ready }) => pods === 4 && ready === 3);
    const { view, questions } = await play(estate, 'pods-crash-looping');
    endedAs(view, 'completed');
    assert.deepEqual(questions, ['Roll shop in east back from shop:none to shop:1.4.0?']);
    await well();
  });

  it('and can be helped by nothing that people want wait for a person, with everything as it was', async () => {
    await shop.breakPods('crash');
    await shop.meets(503);
    const changes = shop.since();
    const { view, questions } = await play(estate, 'pods-crash-looping', { declines: [/./] });
    assert.ok(asks(view), view.status);
    assert.equal(view.steps.find(({ state }) => state === 'failed')?.title, givesUp);
    assert.deepEqual([questions, await changes()], [[], []]);
    // A person mends it by hand, and the proof still has to hold.
    await shop.cluster.kubectl(['delete', 'pods', '--all', '-n', 'shop']);
    await well();
    await estate.signal('sam', view.runId, 'skip-step', { reason: 'mended by hand' });
    const after = await follow(estate, view.runId, { until: ended });
    endedAs(after.view, 'completedWithExceptions');
  });

  it('alone, beside others that serve, are replaced one by one, by their UID, although the worker is killed inside it', async () => {
    const [broken] = await shop.breakPods('crash', 1);
    await shop.sees('a pod that crashes', ({ ready }) => ready === 2);
    const changes = shop.since();
    const { view, questions, killedIn } = await play(estate, 'pods-crash-looping', { kills: true });
    endedAs(view, 'completed');
    assert.deepEqual([questions, await changes()], [[`Replace the pod ${broken}?`], [`delete pods ${broken}`]]);
    assert.equal(killedIn.length, 1, killedIn.join());
    assert.ok(!(await shop.pods()).includes(broken!));
    await well();
  });

  it('have what they had before when people undo what did not help', async () => {
    await shop.breakPods('oom');
    await shop.meets(503);
    // Nothing in this cluster is the cause: the load is higher than all of it.
    shop.front.load = 9;
    const { view } = await play(estate, 'pods-crash-looping');
    assert.ok(asks(view), view.status);
    assert.equal((await shop.seen()).memory, '384Mi');
    endedAs(await undo(estate, view.runId), 'compensated');
    shop.front.load = 1;
    await well();
  });

  it('with more memory too make people decide soon, and have what they had when it is undone, although they crash with it', async () => {
    await shop.rollOut('oom', { enoughMemory: '512Mi' });
    await shop.meets(503);
    const { view } = await play(estate, 'pods-crash-looping');
    assert.ok(asks(view), view.status);
    assert.match(view.status, /has its new limits and crashes again: OOMKilled/);
    endedAs(await undo(estate, view.runId), 'compensated');
    await shop.sees('the memory of before', ({ memory, wanted }) => memory === '256Mi' && wanted === 3);
  });

  it('are helped once, although the worker is killed inside every change', async () => {
    await outOfMemory();
    const changes = shop.since();
    const { view, killedIn } = await follow(estate, await start(estate, 'pods-crash-looping'), { kills: true });
    endedAs(view, 'completed');
    assert.deepEqual([killedIn, await changes()], [['Set the memory limit to 384 MiB'], ['patch deployments shop']]);
    await well({ memory: '384Mi' });
  });
});
