import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { RunView } from '../../src/workflows/messages.ts';
import { startApi, testEnvironment, type Api } from '../api/support/api.ts';
import { eventually } from '../eventually.ts';
import { mustBeAccessible, opened, phone, signedIn, type Somebody } from './support/browsers.ts';
import { startChromium } from './support/chromium.ts';
import { readiness } from './support/readiness.ts';
import { hostile, runsToSee } from './support/views.ts';

const incident = '/incidents/INC-2026-03-14-001';
const screens: [address: string, heading: RegExp][] = [
  ...(['/', '/runs', '/runbooks', '/start/fail-over-region', '/incidents', '/incidents/declare'] as const).map((at): [string, RegExp] => [
    at,
    /\w/,
  ]),
  ...(['/readiness', '/drills', incident, '/nowhere'] as const).map((at): [string, RegExp] => [at, /\w/]),
  ...Object.keys(runsToSee()).map((id): [string, RegExp] => [`/runs/${id}`, /Fail shop over/]),
  ['/runs/gate/approve', /Fail shop over/],
];

describe('The console in a real Chromium', function () {
  this.timeout(180_000);
  let browser: Browser;
  let api: Api;
  let push: ((view: RunView) => void) | undefined;

  before(async function () {
    this.timeout(600_000);
    browser = await startChromium();
    const environment = await testEnvironment();
    const people = environment.people.map((person) => ({ ...person, duties: ['incident-commander'] }));
    api = await startApi({ environment: { ...environment, people }, readiness });
    const views = runsToSee();
    api.runs.viewAnswer = async (id) => views[id]!;
    api.runs.list = async () =>
      Object.values(views).map(({ runId, runbook, environment: of, mode, state, startedAt, title, endedAt }) => ({
        ...{ runId, runbook, environment: of, mode, state, startedAt, title },
        ...(endedAt === undefined ? {} : { endedAt }),
      }));
    api.runs.followAnswer = async function* (id, signal) {
      const gone = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
      for (let view: RunView | undefined = views[id]; view && !signal.aborted;)
        (yield view, (view = await Promise.race([gone, new Promise<RunView>((resolve) => (push = resolve))])));
    };
    api.incidents.followAnswer = async function* (number, signal) {
      yield await api.incidents.viewAnswer(number);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
  });
  after(async () => {
    await browser?.close();
    await api?.close();
  });

  const at = async ({ page }: Somebody, address: string, heading = /\w/) => {
    // Nothing of the screen before may be taken for this one.
    await page.goto('about:blank');
    await page.goto(`${api.url}/#${address}`);
    await page.getByRole('heading', { name: heading, level: 1 }).first().waitFor({ state: 'attached' });
  };

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no screen that axe finds fault with, in ${colorScheme}, and nothing that the policy of the page forbids`, async () => {
      const ana = await signedIn(browser, api, 'ana', { colorScheme });
      for (const [address, heading] of screens) {
        await at(ana, address, heading);
        await mustBeAccessible(ana.page, `${address} in ${colorScheme}`);
      }
      await at(ana, '/runs/gate');
      await ana.page.getByRole('button', { name: 'Approve' }).click();
      await ana.page.getByLabel('Type shop to confirm').waitFor();
      await mustBeAccessible(ana.page, 'the question before an approval');
      assert.deepEqual(ana.complaints, []);
      await ana.page.context().close();
    });
  }

  it('shows what decides, and both buttons far apart, on one screen of a phone', async () => {
    const ana = await signedIn(browser, api, 'ana', { viewport: phone, hasTouch: true, isMobile: true });
    await at(ana, '/runs/gate/approve', /Fail shop over/);
    const buttons = ['Decline', 'Approve'].map((name) => ana.page.getByRole('button', { name }));
    const [decline, approve] = await Promise.all(buttons.map((button) => button.boundingBox()));
    for (const box of [decline!, approve!]) assert.ok(box.height >= 48 && box.y + box.height <= phone.height, JSON.stringify(box));
    assert.ok(approve!.x - (decline!.x + decline!.width) >= 48, 'they are not beside each other');
    for (const text of [/Cannot be undone/, /You count/, /replication lag/]) {
      const box = await ana.page.getByText(text).first().boundingBox();
      assert.ok(box!.y + box!.height < approve!.y, `${text} is on the screen`);
    }
    assert.equal(await ana.page.evaluate('document.documentElement.scrollWidth'), phone.width, 'nothing is wider than the phone');
    await ana.page.context().close();
  });

  it('obeys nothing of what others wrote, and shows it', async () => {
    const vic = await signedIn(browser, api, 'vic');
    await at(vic, '/runs/gate', /Fail shop over/);
    const outcome = await vic.page.getByText('east is lost').first().textContent();
    assert.equal(outcome, 'east is lost <img src=x onerror=alert(1)>red \\u{202e}gnp.exe');
    assert.equal(await vic.page.locator('main img').count(), 0);
    assert.ok(hostile.includes('\u202e'));
    await vic.page.getByText('1 call').first().click();
    assert.match((await vic.page.locator('.step .calls').first().textContent())!, /more characters\)/);
    assert.equal(await vic.page.getByRole('button', { name: 'Approve' }).isEnabled(), false);
    await vic.page.getByText('You may look.').first().waitFor();
    await vic.page.context().close();
  });

  it('says that the live view is cut, with the command that does the same, and goes on by itself', async () => {
    const vic = await signedIn(browser, api, 'vic');
    await at(vic, '/runs/drill', /DRILL Fail shop over/);
    await vic.page.getByText('● live').waitFor();
    push = undefined;
    api.cut();
    await vic.page.getByText('The live view is interrupted').waitFor();
    await vic.page.getByText('./muster watch drill').waitFor();
    await eventually(
      'the browser to come back',
      () => push,
      (one) => one !== undefined,
    );
    await vic.page.getByText('The live view is interrupted').waitFor({ state: 'hidden' });
    push!({ ...runsToSee()['drill']!, status: 'works on: Promote west', phase: 'Switch' });
    await vic.page.getByText('Switch').first().waitFor();
    await vic.page.context().close();
  });

  it('signs in with a token, where one wanted to go, and tells a link that is used', async () => {
    const somebody = await opened(browser);
    const { page } = somebody;
    await page.goto(`${api.url}/sign-in?token=used`);
    await page.getByText('This link does not sign in any more').waitFor();
    await page.goto(`${api.url}/#/runs/gate`);
    await page.getByRole('textbox', { name: 'Token' }).fill('nobody-has-this-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The token in the Authorization header is not known').waitFor();
    await mustBeAccessible(page, 'the way in');
    await page.getByRole('textbox', { name: 'Token' }).fill('token-of-ana-the-approver');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('heading', { name: /Fail shop over/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Muster' }).waitFor();
    await page.context().close();
  });

  it('goes by keys, which decide nothing and do nothing while one writes', async () => {
    const ana = await signedIn(browser, api, 'ana');
    await at(ana, '/');
    await ana.page.getByRole('heading', { name: 'Needs you' }).waitFor();
    await ana.page.keyboard.type('gr');
    await ana.page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    await ana.page.keyboard.press('/');
    await ana.page.keyboard.type('gi');
    assert.equal(await ana.page.getByRole('searchbox').inputValue(), 'gi');
    await at(ana, '/runs/gate', /Fail shop over/);
    await ana.page.keyboard.press('a');
    await ana.page.keyboard.press('?');
    await ana.page.getByText('it never approves').waitFor();
    assert.equal(api.runs.commands.length, 0);
    await ana.page.context().close();
  });

  it('is at most 170 KB of packed script before something is on the screen', async () => {
    const vic = await opened(browser);
    const scripts: Promise<Buffer>[] = [];
    vic.page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body());
    });
    await vic.page.goto(api.url);
    await vic.page.getByRole('heading', { name: 'Sign in to Muster' }).waitFor();
    const bytes = (await Promise.all(scripts)).reduce((sum, script) => sum + gzipSync(script).length, 0);
    assert.ok(bytes > 20_000 && bytes <= 170 * 1_024, `${bytes} bytes`);
    await vic.page.context().close();
  });
});
