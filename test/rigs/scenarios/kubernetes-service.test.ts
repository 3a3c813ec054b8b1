import assert from 'node:assert/strict';
import { asks, follow, play, start, undo } from './follow.ts';
import { endedAs, images, kubernetesShop } from './kubernetes-shop.ts';

describe('a service on Kubernetes that is not well', function () {
  this.timeout(150_000);
  const shop = kubernetesShop();
  const { estate } = shop;
  const restart = 'Restart shop in east once?';

  it('because its pods crash gets fresh ones by one restart, although the worker is killed inside it', async () => {
    const broken = await shop.breakPods('crash');
    await shop.meets(503);
    const changes = shop.since();
    const { view, questions, killedIn } = await follow(estate, await start(estate, 'service-down'), { kills: true });
    endedAs(view, 'completed');
    assert.deepEqual([questions, killedIn, await changes()], [[restart], ['Restart shop in east'], ['patch deployments shop']]);
    assert.ok((await shop.pods()).every((name) => !broken.includes(name)));
    await shop.well();
  });

  it('or is well already, is only watched: nothing is asked and nothing changed', async () => {
    const changes = shop.since();
    const { view, questions } = await play(estate, 'service-down');
    endedAs(view, 'completed');
    assert.deepEqual([questions, await changes()], [[], []]);
  });

  it('is left alone when people refuse everything, and in a dry run', async () => {
    await shop.breakPods('crash');
    await shop.meets(503);
    const changes = shop.since();
    const pods = await shop.pods();
    endedAs((await play(estate, 'service-down', { mode: 'simulate' })).view, 'completed');
    const { view, questions } = await play(estate, 'service-down', { declines: [/./] });
    assert.ok(asks(view), view.status);
    assert.deepEqual(questions, [restart, 'Run 4 copies of shop in east instead of 3?']);
    assert.deepEqual([await changes(), await shop.pods()], [[], pods]);
  });

  it('and has as many copies as before, when the ones more that did not help are undone', async () => {
    shop.front.load = 9;
    await shop.meets(503);
    const { view, questions } = await play(estate, 'service-down', { declines: [/^Restart/] });
    assert.ok(asks(view), view.status);
    assert.deepEqual(questions, [restart, 'Run 4 copies of shop in east instead of 3?']);
    assert.equal((await shop.seen()).ready, 4);
    endedAs(await undo(estate, view.runId), 'compensated');
    shop.front.load = 1;
    await shop.well();
  });

  it('because it runs out of memory gets more, and no restart', async () => {
    await shop.rollOut('oom', { enoughMemory: '384Mi' });
    await shop.meets(503);
    const { view, questions } = await play(estate, 'memory-exhausted');
    endedAs(view, 'completed');
    assert.deepEqual(questions, ['Give each copy of shop in east 384 MiB instead of 256 MiB?']);
    await shop.well({ memory: '384Mi' });
  });

  it('because it runs out of memory is left alone when people refuse more, and in a dry run', async () => {
    await shop.rollOut('oom', { enoughMemory: '384Mi' });
    await shop.meets(503);
    const changes = shop.since();
    endedAs((await play(estate, 'memory-exhausted', { mode: 'simulate' })).view, 'completed');
    const { view, questions } = await play(estate, 'memory-exhausted', { declines: [/./] });
    assert.ok(asks(view), view.status);
    assert.equal(questions[0], 'Give each copy of shop in east 384 MiB instead of 256 MiB?');
    assert.deepEqual(await changes(), []);
  });

  it('because a release answers with errors is left alone when people refuse to roll it back, and in a dry run', async () => {
    await shop.rollOut(null, { image: images.bad });
    await shop.meets(500);
    const changes = shop.since();
    endedAs((await play(estate, 'api-error-rate-high', { mode: 'simulate' })).view, 'completed');
    const { view, questions } = await play(estate, 'api-error-rate-high', { declines: [/./] });
    assert.ok(asks(view), view.status);
    assert.ok(questions.includes('Roll shop in east back from shop:bad to shop:1.4.0?'), questions.join());
    assert.deepEqual(await changes(), []);
  });

  it('because a release answers with errors gets the one that ran before, by its digest, and no other change', async () => {
    await shop.rollOut(null, { image: images.bad });
    await shop.meets(500);
    const changes = shop.since();
    const { view, questions } = await play(estate, 'api-error-rate-high');
    endedAs(view, 'completed');
    assert.deepEqual(questions, ['Roll shop in east back from shop:bad to shop:1.4.0?']);
    assert.deepEqual(await changes(), ['patch deployments shop']);
    await shop.well();
  });
});
