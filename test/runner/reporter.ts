import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';

/** How one kind of tests went. Times in ms. */
export interface Results {
  passed: number;
  failed: number;
  skipped: number;
  /** Each with its file; hooks count for the file, not as tests. */
  took: { file: string; title: string; ms: number; hook: boolean }[];
}

const to = process.env['MUSTER_TEST_RESULTS'];

/** Mocha's usual report; what `./muster test` wants to know of it goes to a file. */
export default class SpecAndResults extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    if (to === undefined) return;
    const took: Results['took'] = [];
    const note = (hook: boolean) => (done: Mocha.Test | Mocha.Hook) => {
      const file = relative('.', done.file ?? done.parent?.file ?? '').replace(/^dist\/(.*)\.js$/, '$1.ts');
      took.push({ file, title: done.fullTitle(), ms: done.duration ?? 0, hook });
    };
    runner.on('test end', note(false));
    runner.on('hook end', note(true));
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats!;
      writeFileSync(to, JSON.stringify({ passed: passes, failed: failures, skipped: pending, took } satisfies Results));
    });
  }
}
