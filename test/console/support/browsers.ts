import assert from 'node:assert/strict';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Api, Subject } from '../../api/support/api.ts';

const desk = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

export interface Somebody {
  page: Page;
  /** What the browser complained of. */
  complaints: string[];
}

/** A browser of its own for one of the people, signed in by a link as `muster sign-in` gives it. */
export async function signedIn(browser: Browser, api: Api, as: Subject, options: BrowserContextOptions = {}): Promise<Somebody> {
  const somebody = await opened(browser, options);
  const { path } = (await (await api.call('POST', '/api/sign-in-links', { as, body: {} })).json()) as { path: string };
  await somebody.page.goto(api.url + path);
  return somebody;
}

/** A browser in which nobody is signed in. */
export async function opened(browser: Browser, options: BrowserContextOptions = {}): Promise<Somebody> {
  const context = await browser.newContext({ viewport: desk, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (401|404|409|503)|ERR_/.test(message.text())) complaints.push(message.text());
  });
  return { page, complaints };
}

interface Finding {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Fails with what axe finds wrong on the page as it is. */
export async function mustBeAccessible(page: Page, what: string): Promise<void> {
  const found: unknown = await page.evaluate(`(() => { ${axe.source}; return axe.run(document).then(({ violations }) => violations); })()`);
  const violations = found as Finding[];
  const said = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(said, [], what);
}
