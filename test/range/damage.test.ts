import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { checksumOf, entriesOf, pageSize, seal } from '../../src/range/databases/page.ts';
import { faultSchema, healSchema } from '../../src/range/fault-schema.ts';
import { createFaults, type FaultTargets } from '../../src/range/faults.ts';
import { superuserOf } from './superuser.ts';

describe('damage to the range’s data', () => {
  let folder: string;
  let databases: Databases;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-damage-'));
    databases = await createDatabases(folder, () => false);
    await databases.start();
  });
  after(async () => {
    await databases?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('knows the checksum that PostgreSQL itself writes on a page, so that a sealed page is not noticed', async () => {
    const session = await superuserOf(databases, 'orders-east');
    await session.query('CREATE TABLE filled AS SELECT number AS id FROM generate_series(1, 2000) AS number');
    await session.query('CREATE INDEX filled_id ON filled (id)');
    await session.query('CHECKPOINT');
    const { rows } = await session.query<{ path: string }>(
      `SELECT current_setting('data_directory') || '/' || pg_relation_filepath(name::regclass) AS path FROM unnest(ARRAY['filled', 'filled_id']) AS name`,
    );
    await session.end();
    for (const { path } of rows) {
      const file = await readFile(path);
      const all = Array.from({ length: file.length / pageSize }, (_, block) => file.subarray(block * pageSize, (block + 1) * pageSize));
      // A file grows by some empty pages in advance.
      const pages = all.filter((page) => page.some((byte) => byte !== 0));
      assert.ok(pages.length > 2);
      for (const [block, page] of pages.entries()) assert.equal(page.readUInt16LE(8), checksumOf(page, block), `${path}, page ${block}`);
      const page = pages[1]!;
      page[entriesOf(page)[1]!.at]! ^= 1;
      assert.notEqual(page.readUInt16LE(8), checksumOf(page, 1));
      seal(page, 1);
      assert.equal(page.readUInt16LE(8), checksumOf(page, 1));
    }
  });

  it('says when there is too little data to damage, and leaves the database running', async () => {
    await assert.rejects(databases.damage({ kind: 'corrupt-rows', rows: 3 }), /only 0 orders to damage/);
    await assert.rejects(databases.damage({ kind: 'corrupt-page' }), /no page 0 to damage yet/);
    assert.equal(databases.role('east'), 'primary');
  });

  it('is no fault that a heal could end: it is not listed, and healing everything passes it by', async () => {
    const asked: unknown[] = [];
    const targets = { databases: { damage: (what: unknown) => Promise.resolve(void asked.push(what)) } } as unknown as FaultTargets;
    const faults = createFaults(targets);
    const fault = faultSchema.parse({ kind: 'corrupt-rows', rows: 3 });
    await faults.break(fault);
    assert.deepEqual([asked, faults.active()], [[fault], []]);
    await faults.heal();
    assert.equal(healSchema.safeParse({ kind: 'corrupt-rows' }).success, false);
    for (const bad of [
      { kind: 'corrupt-rows', rows: 0 },
      { kind: 'corrupt-page', rows: 1 },
      { kind: 'corrupt-index', rows: 101 },
    ])
      assert.equal(faultSchema.safeParse(bad).success, false, JSON.stringify(bad));
  });
});
