import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';

const list = process.env['MUSTER_FAILED_TESTS'];

/** Mocha's usual report; where `.ci/run` asks for it, it also notes file and title of what fails, tests and hooks alike. */
export default class SpecAndFailed extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    if (list === undefined) return;
    runner.on('fail', (test: Mocha.Test) => note(list, test.file ?? test.parent?.file ?? '', test.fullTitle()));
  }
}

const note = (to: string, file: string, title: string) => appendFileSync(to, `${relative('.', file)}\t${title.replace(/\s+/g, ' ')}\n`);
