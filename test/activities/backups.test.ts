import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { backupActivities } from '../../src/activities/postgres/backup/backups.ts';
import { postgresCommand, runPostgres } from '../../src/activities/postgres/backup/commands.ts';
import { read } from '../../src/activities/kit/kinds.ts';
import { dropDatabase, makeDatabase } from '../../src/activities/postgres/backup/side-databases.ts';
import type { Environment } from '../../src/config/environment.ts';
import { postgresTool } from '../../src/config/tools.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';

const where = { database: 'orders', region: 'east' };
const words = (environment: Environment) =>
  postgresCommand(environment, where, { program: 'pg_dump', kind: 'read', args: ['--format=custom'] });

describe('the programs of PostgreSQL', () => {
  const password = 'open sesame';
  const direct = environmentWith({
    PG_EAST: `postgres://muster:${encodeURIComponent(password)}@db.example:6543/orders`,
    BACKUPS: '/nowhere',
  });
  const compose = structuredClone(direct);
  compose.databases['orders']!.backup!.through = { compose: { file: 'deploy/compose.yml', project: 'anomaly', service: 'postgres' } };
  const plain = ({ args }: ReturnType<typeof words>) => args.map((argument) => (typeof argument === 'string' ? argument : argument.value));

  it('are the pinned ones, and are told the server, but never the password, as words', () => {
    const command = words(direct);
    assert.equal(command.file, postgresTool('pg_dump').path);
    assert.deepEqual(plain(command), [
      ...['--host', 'db.example', '--port', '6543', '--no-password', '--username', 'muster', '--dbname', 'orders', '--format=custom'],
    ]);
    assert.deepEqual(command.env, { PGPASSWORD: password });
  });

  it('are run in the container when docker compose runs the database', () => {
    const command = words(compose);
    assert.equal(command.file, 'docker');
    assert.deepEqual(plain(command), [
      ...['compose', '-f', 'deploy/compose.yml', '-p', 'anomaly', 'exec', '-T', '-e', 'PGPASSWORD', 'postgres', 'pg_dump'],
      ...['--no-password', '--username', 'muster', '--dbname', 'orders', '--format=custom'],
    ]);
    assert.equal(
      plain(command).some((word) => word.includes(password)),
      false,
    );
  });

  it('are found on PATH when nothing is pinned', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-programs-'));
    await writeFile(join(folder, 'pg_basebackup-of-a-test'), '#!/bin/sh\n', { mode: 0o755 });
    const found = postgresTool('pg_basebackup-of-a-test', { PATH: folder });
    assert.deepEqual(found, { path: join(folder, 'pg_basebackup-of-a-test'), pinned: false });
    assert.throws(() => postgresTool('no-such-program', { PATH: folder }), /was not found/);
    await rm(folder, { recursive: true });
  });

  it('get the password by their environment, and their output goes whole to a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-docker-'));
    const path = process.env['PATH'];
    await writeFile(join(folder, 'docker'), '#!/bin/sh\nprintf "%s|" "$PGPASSWORD" "$@"\n', { mode: 0o755 });
    await chmod(join(folder, 'docker'), 0o755);
    process.env['PATH'] = [folder, path].join(delimiter);
    try {
      const to = join(folder, 'out');
      const dump = () => runPostgres(compose, where, { program: 'pg_dump', kind: 'read', args: ['--format=custom'], stdoutTo: to });
      const { evidence } = await inStep(read(dump), undefined);
      assert.deepEqual((await readFile(to, 'utf8')).split('|').slice(0, 3), [password, 'compose', '-f']);
      assert.equal(JSON.stringify(evidence).includes(password), false);
    } finally {
      process.env['PATH'] = path;
      await rm(folder, { recursive: true });
    }
  });
});

describe('the activities on logical backups', function () {
  this.timeout(60_000);
  let folder: string;
  let databases: Databases;
  let environment: Environment;
  let acts: ReturnType<typeof backupActivities>;
  let backup: string;

  const port = () => databases.database('orders-east')!.port;
  const ask = async <Row extends pg.QueryResultRow>(statement: string, database = 'orders'): Promise<Row[]> => {
    const as = { host: '127.0.0.1', port: port(), user: 'muster', password: databases.secrets.owner, database };
    const session = new pg.Client(as);
    session.on('error', () => undefined);
    await session.connect();
    try {
      return (await session.query<Row>(statement)).rows;
    } finally {
      await session.end();
    }
  };
  const orders = async (database?: string) => (await ask<{ n: number }>('SELECT count(*)::int AS n FROM orders', database))[0]!.n;
  const place = (id: number) =>
    ask(`INSERT INTO orders (id, region, item) VALUES ('00000000-0000-4000-8000-00000000000${id}', 'east', 'tea');
      INSERT INTO order_lines VALUES ('00000000-0000-4000-8000-00000000000${id}', 'tea', 1)`);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-backups-'));
    await mkdir(join(folder, 'range'));
    databases = await createDatabases(join(folder, 'range'), () => false);
    await databases.start();
    environment = environmentWith({
      PG_EAST: `postgres://muster:${databases.secrets.owner}@127.0.0.1:${port()}/orders`,
      BACKUPS: join(folder, 'backups'),
    });
    acts = backupActivities(environment);
    await place(1);
  });
  after(async () => {
    await databases.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('say that there is none yet', async () => {
    const { message } = await failureOf(inStep(acts.findBackup, { database: 'orders', backup: null }));
    assert.match(message, /there are: none/);
  });

  it('take one, adopt it when they are asked again, and prove it elsewhere', async () => {
    const asked = { ...where, label: 'nightly' };
    backup = (await inStep(acts.takeBackup, asked)).result.backup;
    assert.equal((await inStep(acts.takeBackup, asked, { attempt: 2 })).result.backup, backup);
    const { result: found } = await inStep(acts.findBackup, { database: 'orders', backup: null });
    assert.deepEqual([found.name, found.rows['public.orders'], found.verifiedAt], [backup, 1, null]);
    await inStep(acts.verifyBackup, { ...where, backup });
    const { result: proven } = await inStep(acts.findBackup, { database: 'orders', backup });
    assert.notEqual(proven.verifiedAt, null);
  });

  it('tell what there is now and not in the backup', async () => {
    await place(2);
    const { result } = await inStep(acts.backupLoss, { ...where, backup });
    assert.deepEqual([result.writes, result.listed.map(({ id }) => id.at(-1))], [1, ['2']]);
    assert.deepEqual(
      result.tables.map(({ table, inBackup, now }) => [table, inBackup, now]),
      [
        ['public.order_lines', 1, 2],
        ['public.orders', 1, 2],
      ],
    );
  });

  it('restore it beside, with the rights and settings of the present one, swap both, and swap them back', async () => {
    await ask(`ALTER DATABASE orders SET work_mem = '9MB'`);
    await ask('ALTER DATABASE orders CONNECTION LIMIT 90');
    await ask('REVOKE CONNECT ON DATABASE orders FROM PUBLIC');
    await ask('GRANT CONNECT ON DATABASE orders TO shop');
    const { result: names } = await inStep(acts.restoreBackup, { ...where, backup });
    assert.deepEqual([await orders(), await orders(names.bring)], [2, 1]);
    await assert.rejects(ask('DELETE FROM orders', names.bring), { code: '25006' });
    const same = `SELECT datconnlimit, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(datacl) a) AS acl,
      (SELECT array_agg(c ORDER BY c) FROM pg_db_role_setting s, unnest(setconfig) c WHERE s.setdatabase = d.oid AND c NOT LIKE 'default_t%') AS set
      FROM pg_database d WHERE datname IN ('orders', '${names.bring}')`;
    const [one, other] = await ask(same);
    assert.deepEqual(one, other);

    await inStep(acts.swapDatabases, { ...where, ...names });
    await inStep(acts.swapDatabases, { ...where, ...names }, { attempt: 2 });
    assert.deepEqual([await orders(), await orders(names.aside)], [1, 2]);
    await inStep(acts.swapDatabases, { ...where, bring: names.aside, aside: names.bring });
    assert.equal(await orders(), 2);
    await inStep(acts.dropRestored, { ...where, bring: names.bring });
    await assert.rejects(orders(names.bring), { code: '3D000' });
  });

  it('let people in again when a worker died after the renaming', async () => {
    const { result: names } = await inStep(acts.restoreBackup, { ...where, backup });
    await inStep(acts.swapDatabases, { ...where, ...names });
    await ask('ALTER DATABASE orders ALLOW_CONNECTIONS false', 'postgres');
    await inStep(acts.swapDatabases, { ...where, ...names }, { attempt: 2 });
    assert.equal(await orders(), 1);
    await inStep(acts.swapDatabases, { ...where, bring: names.aside, aside: names.bring });
    await inStep(acts.dropRestored, { ...where, bring: names.bring });
  });

  it('never remove a database that another run made', async () => {
    await ask('CREATE DATABASE somebodys', 'postgres');
    const { name, message } = await failureOf(inStep(acts.dropRestored, { ...where, bring: 'somebodys' }));
    assert.deepEqual([name, /was not made by this run/.test(message)], ['RefusedBySafetyRule', true]);
    assert.equal((await ask(`SELECT 1 FROM pg_database WHERE datname = 'somebodys'`, 'postgres')).length, 1);
  });

  it('know a database of their own although the worker died before it could mark it', async () => {
    const make = read(() => makeDatabase(environment, where, 'half', 'orders'));
    await inStep(make, undefined);
    await ask('COMMENT ON DATABASE half IS NULL', 'postgres');
    const drop = read(() => dropDatabase(environment, where, 'half'));
    assert.equal((await failureOf(inStep(drop, undefined, { runId: 'run-2' }))).name, 'RefusedBySafetyRule');
    await inStep(make, undefined);
    await inStep(drop, undefined);
    await assert.rejects(orders('half'), { code: '3D000' });
  });

  it('do not swap what is not there', async () => {
    const { name } = await failureOf(inStep(acts.swapDatabases, { ...where, bring: 'nothing', aside: 'orders_old' }));
    assert.equal(name, 'Permanent');
    assert.equal(await orders(), 2);
  });

  it('find a backup bad whose data breaks a rule of the environment', async () => {
    await ask('DELETE FROM order_lines');
    const { result } = await inStep(acts.takeBackup, { ...where, label: 'broken' }, { activityType: 'broken' });
    const verify = inStep(acts.verifyBackup, { ...where, backup: result.backup }, { activityType: 'verifyBroken' });
    assert.match((await failureOf(verify)).message, /is not good: every order has at least one line: 2, expected 0/);
    const restore = inStep(acts.restoreBackup, { ...where, backup: result.backup }, { activityType: 'restoreBroken' });
    assert.deepEqual((await failureOf(restore)).name, 'RefusedBySafetyRule');
    const left = await ask(`SELECT 1 FROM pg_database WHERE datname LIKE 'muster_verify%' OR datname LIKE '%restored%'`, 'postgres');
    assert.equal(left.length, 0);
  });

  it('do not restore a file that was changed', async () => {
    await appendFile(join(folder, 'backups', `${backup}.dump`), 'x');
    const { message } = await failureOf(inStep(acts.restoreBackup, { ...where, backup }, { activityType: 'changed' }));
    assert.match(message, /is not what its manifest says/);
  });
});
