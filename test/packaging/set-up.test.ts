import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startEmbeddedTemporal } from '../../src/config/temporal.ts';
import { toolPath } from '../../src/config/tools.ts';
import { searchAttributeNames } from '../../src/workflows/search-attributes.ts';
import { output } from './support/compose.ts';

describe('the set-up jobs of docker-compose.yml', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-set-up-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('make the namespace with every search attribute that runs use, and may run again', async () => {
    const server = await startEmbeddedTemporal({ folder: join(folder, 'temporal') });
    try {
      const env = {
        PATH: `${dirname(toolPath('temporal'))}:${process.env['PATH']}`,
        ...{ HOME: folder, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'muster' },
      };
      for (const _time of ['first', 'second']) {
        assert.match(await output('deploy/temporal/set-up-namespace.sh', [], { env }), /namespace muster is ready/);
      }
      const connection = await Connection.connect({ address: server.address });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'muster' });
      assert.deepEqual(
        Object.keys(customAttributes)
          .filter((name) => name.startsWith('Muster'))
          .sort(),
        [...searchAttributeNames].sort(),
      );
      await connection.close();
    } finally {
      await server.stop();
    }
  });

  it("bring both databases of Temporal to the server's version, and keep the password out of the arguments", async () => {
    const calls = join(folder, 'calls');
    const tool = join(folder, 'temporal-sql-tool');
    await writeFile(tool, `#!/bin/sh\necho "$*" >>'${calls}'\n`);
    await chmod(tool, 0o755);
    const env = { PATH: `${folder}:${process.env['PATH']}`, DB_HOST: 'postgresql', DB_USER: 'temporal', SQL_PASSWORD: 'hush' };
    await output('deploy/temporal/set-up-database.sh', [], { env });
    const lines = (await readFile(calls, 'utf8')).trim().split('\n');
    assert.deepEqual(
      lines.map((line) => line.replace('--plugin postgres12 --ep postgresql -p 5432 -u temporal --db ', '')),
      [
        'temporal create',
        'temporal setup-schema -v 0.0',
        'temporal update-schema -d /etc/temporal/schema/postgresql/v12/temporal/versioned',
        'temporal_visibility create',
        'temporal_visibility setup-schema -v 0.0',
        'temporal_visibility update-schema -d /etc/temporal/schema/postgresql/v12/visibility/versioned',
      ],
    );
    assert.ok(!lines.join().includes('hush'));
  });
});
