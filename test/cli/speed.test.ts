import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/** The packages that a module loads before it does anything, by itself and by what it imports. */
async function packagesOf(source: string): Promise<string[]> {
  const { metafile } = await build({
    ...{ entryPoints: [source], outdir: 'unused', bundle: true, splitting: true, packages: 'external', format: 'esm', platform: 'node' },
    ...{ metafile: true, write: false, logLevel: 'silent' },
  });
  const packages = new Set<string>();
  const seen = new Set<string>();
  const walk = (output: string): void => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { path, kind, external } of metafile.outputs[output]!.imports) {
      if (kind === 'dynamic-import') continue;
      if (!external) walk(path);
      else if (!path.startsWith('node:') && !builtinModules.includes(path)) packages.add(path);
    }
  };
  walk(Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source)![0]);
  return [...packages].sort();
}

const median = (values: number[]) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

describe('the start of a command', function () {
  this.timeout(120_000);

  it('loads nothing for the list of all commands but what reads a command line', async () => {
    assert.deepEqual(await packagesOf('src/cli/main.ts'), ['commander']);
  });

  it('loads nothing of Temporal, AWS or databases to speak to the API', async () => {
    for (const command of ['runs', 'show', 'watch', 'decide', 'signals', 'start', 'report']) {
      const wrong = (await packagesOf(`src/cli/commands/${command}.ts`)).filter((name) =>
        /temporal|grpc|aws|^pg$|ioredis|express|luxon/.test(name),
      );
      assert.deepEqual(wrong, [], command);
    }
  });

  for (const words of [['--version'], ['--help'], ['runs']]) {
    it(`of ./muster ${words.join(' ')} takes at most five times as long as that of Node`, () => {
      const env = { PATH: process.env['PATH'], MUSTER_HOME: '/nowhere' };
      const timed = (program: string, args: string[]) => {
        const began = performance.now();
        try {
          execFileSync(program, args, { env, stdio: 'ignore' });
        } catch {
          // Nothing runs here whose runs could be listed; that is said as late as the list would be.
        }
        return performance.now() - began;
      };
      const pairs = Array.from({ length: 9 }, () => timed(resolve('muster'), words) / timed(process.execPath, ['-e', '0']));
      const ratio = median(pairs);
      assert.ok(ratio <= 5, `${ratio.toFixed(1)} times; of each pair: ${pairs.map((one) => one.toFixed(1)).join(', ')}`);
    });
  }
});
