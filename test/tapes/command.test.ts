import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { muster } from '../cli/support/muster.ts';

describe('the commands of tapes', function () {
  this.timeout(30_000);
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-tape-'));
    file = join(folder, 'east.tape.json');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('make a file of a history, and say what is on it', async () => {
    const made = await muster(['tape', 'make', 'test/histories/fail-over-region.json', '-f', file]);
    assert.deepEqual([made.code, made.stderr], [0, '']);
    assert.match(made.stdout, /approved by ana and ben \(2 of data-owner\) after 420 ms\nRTO +23\.9 s of 1 min ✔/);
    const shown = await muster(['-o', 'json', 'tape', 'show', file]);
    assert.deepEqual(JSON.parse(shown.stdout), JSON.parse(await readFile(file, 'utf8')));
  });

  it('refuse in one sentence what is no tape, no run, or no change', async () => {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, '{"muster":"tape","version":7}');
    const refused = async (...args: string[]) => {
      const { code, stderr } = await muster(args, { MUSTER_HOME: folder });
      return `${code} ${stderr.trim()}`;
    };
    assert.match(await refused('tape', 'show', broken), /^2 muster: .*broken\.json: it is no tape of version 1: version/);
    assert.match(await refused('tape', 'make', 'no-such-run'), /^3 muster: no-such-run is no file, and no run of the archive/);
    assert.match(await refused('tape', 'make', 'test/histories/fail-over-region-simulated.json'), /^3 muster: .* was a simulation/);
    assert.match(await refused('tape', 'play', file, '--speed', '0'), /^2 muster: --speed 0: say a number from 1/);
    assert.match(await refused('tape', 'play', file), /^2 muster: without a terminal.*say --yes/);
    assert.match(await refused('what-if', file, '--lag', 'much'), /^2 muster: --lag much: /);
    assert.match(await refused('what-if', file, '--answer', 'readCapacity.max=two'), /^2 muster: .* is no JSON/);
    assert.match(await refused('what-if', file, '--throttle', 'sqs'), /^2 muster: nothing on this tape speaks to sqs/);
  });
});
