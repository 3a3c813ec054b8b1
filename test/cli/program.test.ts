import assert from 'node:assert/strict';
import type { Command } from 'commander';
import { readPairs } from '../../src/cli/commands/start.ts';
import { createProgram } from '../../src/cli/program.ts';
import { muster, musterProcess } from './support/muster.ts';

const everyCommand = (command: Command): Command[] => command.commands.flatMap((inner) => [inner, ...everyCommand(inner)]);

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

describe('the command line', () => {
  it('has every command of the design', async () => {
    const wanted =
      'demo up sign-in token audit down init runbooks new lint replay-check mitigations contacts readiness drill drills incident start runs show watch approve decline pause resume retry-step skip-step undo abort note report verify range doctor tape what-if';
    const names = (await createProgram()).commands.map((command) => command.name());
    assert.deepEqual([...names].sort(), wanted.split(' ').sort());
  });

  it('says with every command what it is for, with an example', async () => {
    for (const command of everyCommand(await createProgram())) {
      assert.match(helpOf(command), /Examples?:\n {2}(\S+=\S+ )*(muster|xdg-open)/, command.name());
      assert.notEqual(command.description(), '', command.name());
    }
  });

  it('says of each command in the list of all what it says itself', async () => {
    const said = (program: Command) => program.commands.map((command) => [command.name(), command.description()]);
    assert.deepEqual(said(await createProgram([])), said(await createProgram()));
  });

  it('shows help with exit code 0, and wrong usage with exit code 2 and one sentence', async () => {
    const [help, unknown, missing, choice] = await Promise.all([
      musterProcess(['--help']),
      musterProcess(['fail-over']),
      musterProcess(['start', 'fail-over-region']),
      musterProcess(['runs', '--output', 'xml']),
    ]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /muster demo .*\n.*muster up /);
    assert.deepEqual([unknown.code, missing.code, choice.code], [2, 2, 2]);
    assert.match(unknown.stderr, /^error: unknown command 'fail-over'/);
    assert.equal(missing.stderr, 'muster: say why with --reason, for the record\n');
    assert.match(choice.stderr, /Allowed choices are table, json/);
  });

  it('says which command, option or runbook was meant', async () => {
    const [command, option, runbook, shown] = [
      await muster(['aprove', 'run-1']),
      await muster(['runs', '--limt', '3']),
      await muster(['start', 'fail-over-regio']),
      await muster(['runbooks', 'fail-over-regio']),
    ];
    assert.match(command.stderr, /unknown command 'aprove'\n\(Did you mean approve\?\)/);
    assert.match(option.stderr, /unknown option '--limt'\n\(Did you mean --limit\?\)/);
    assert.match(
      runbook.stderr,
      /^muster: "fail-over-regio" is no runbook; did you mean fail-over-region\? known: .*\n {2}and say why with --reason/,
    );
    assert.match(shown.stderr, /"fail-over-regio" is no runbook; did you mean fail-over-region\?/);
    assert.deepEqual([command.code, option.code, runbook.code, shown.code], [2, 2, 2, 2]);
  });

  it('reads inputs as what they are', () => {
    assert.deepEqual(readPairs(['service=shop', 'planned=true', 'maxLag=5s', 'count=-3', 'text=a=b']), {
      service: 'shop',
      planned: true,
      maxLag: '5s',
      count: -3,
      text: 'a=b',
    });
    assert.throws(() => readPairs(['east']), /--input east: write name=value/);
  });
});
