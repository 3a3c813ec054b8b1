import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { postgresSessionActivities, type Session, type Sessions } from '../../src/activities/postgres/sessions/sessions.ts';
import type { Environment } from '../../src/config/environment.ts';
import { createDatabases, type Databases } from '../../src/range/databases/databases.ts';
import { eventually } from '../eventually.ts';
import { superuserOf } from '../range/superuser.ts';
import { environmentWith } from './environment.ts';
import { failureOf, inStep } from './in-step.ts';
import { deadUrl } from './small-server.ts';

describe('who is connected to a database', () => {
  const east = { database: 'orders', region: 'east' };
  let folder: string;
  let databases: Databases;
  let environment: Environment;
  let opened: pg.Client[] = [];
  let servers: Server[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-sessions-'));
    databases = await createDatabases(folder, () => false);
    await databases.start();
    environment = environmentWith({ PG_EAST: urlOf('muster', databases.secrets.owner), PG_WEST: urlOf('muster', '', 'orders-west') });
  });
  afterEach(async () => {
    const root = await superuserOf(databases, 'orders-east');
    await root.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name <> '' AND backend_type = 'client backend'`,
    );
    await Promise.all([root, ...opened].map((session) => session.end().catch(() => undefined)));
    for (const server of servers) server.close();
    [opened, servers] = [[], []];
    await eventually(
      'the sessions to be gone',
      async () => (await look()).byApplication.filter(({ application }) => !isOfRange(application)),
      isEmpty,
    );
  });
  after(async () => {
    await databases?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Muster itself, and the range, which watches its servers without a name. */
  const isOfRange = (application: string) => ['muster', ''].includes(application);
  const isEmpty = (list: unknown[]) => list.length === 0;
  const urlOf = (user: string, password: string, instance = 'orders-east', database = 'orders') =>
    `postgres://${user}:${password}@127.0.0.1:${databases.database(instance)!.port}/${database}`;
  const tools = () => postgresSessionActivities(environment);
  const read = async (idleOverMs = 0) => (await inStep(tools().readSessions, { ...east, idleOverMs })).result;
  const look = async (idleOverMs = 0) => (await read(idleOverMs)) as Sessions;

  /** A session of a customer's, called `name`. */
  async function session(name: string, how: { user?: string; password?: string } = {}): Promise<pg.Client> {
    const { user = 'muster', password = databases.secrets.owner } = how;
    const client = new pg.Client({ connectionString: urlOf(user, password), application_name: name });
    client.on('error', () => undefined);
    await client.connect();
    opened.push(client);
    return client;
  }
  /** Opens sessions until there is no connection left for them. */
  const fill = (open: () => Promise<pg.Client>) =>
    assert.rejects(async () => {
      for (;;) await open();
    }, /remaining connection slots are reserved/);
  const superuser = (name: string) => session(name, { user: 'postgres', password: databases.secrets.superuser });
  const start = (client: pg.Client, statement: string) => void client.query(statement).catch(() => undefined);
  const idOf = async (client: pg.Client): Promise<Session> => {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await client.query('BEGIN');
    const seen = await look();
    return [...seen.idleInTransaction, ...seen.spared].find(({ pid }) => pid === rows[0]!.pid)!;
  };
  const isThere = async ({ pid, backendStart }: Session) => {
    const { rows } = await (
      await superuserOf(databases, 'orders-east').then((one) => (opened.push(one), one))
    ).query<{ count: number }>('SELECT count(*)::int AS count FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2', [
      pid,
      backendStart,
    ]);
    return rows[0]!.count === 1;
  };

  it('tells how many connections there are, who has them, and in which state', async () => {
    for (const name of ['shop', 'shop', 'shop', 'reports']) await session(name);
    await opened[0]!.query('BEGIN');
    start(opened[1]!, 'SELECT pg_sleep(20)');
    const seen = await eventually('the query', look, ({ byState }) => byState.active === 2);
    assert.deepEqual([seen.maxConnections, seen.reserved, seen.seesAll], [100, 8, true]);
    const ofRange = seen.byApplication.find(({ application }) => application === '')?.count ?? 0;
    assert.deepEqual(
      [seen.used, seen.byState],
      [5 + ofRange, { active: 2, idle: 2 + ofRange, idleInTransaction: 1, idleInFailedTransaction: 0, other: 0 }],
    );
    assert.deepEqual(seen.byApplication[0], { application: 'shop', count: 3 });
    assert.ok(seen.oldestTransactionMs !== null && seen.oldestTransactionMs >= 0);
    await opened[1]!.end();
  });

  it('names sessions that are idle in a transaction for long enough, the oldest first, without what they asked for', async () => {
    const [older, newer] = [await session('older'), await session('newer')];
    await older.query('BEGIN');
    await older.query(`SELECT 'canary-customer', 4711 FROM orders WHERE item IN ('a', 'b', 'c') /* for canary-comment */`);
    await newer.query('BEGIN');
    const { idleInTransaction } = await look();
    assert.deepEqual(
      idleInTransaction.map(({ application, state, database }) => [application, state, database]),
      [
        ['older', 'idle in transaction', 'orders'],
        ['newer', 'idle in transaction', 'orders'],
      ],
    );
    assert.equal(idleInTransaction[0]!.shape, 'SELECT ?, ? FROM orders WHERE item IN (?)');
    assert.doesNotMatch(JSON.stringify(await inStep(tools().readSessions, east)), /canary/);
    assert.deepEqual((await look(60_000)).idleInTransaction, []);
  });

  /** Head, middle and last of a queue of locks. */
  async function chain() {
    const [head, middle, last] = [await session('head'), await session('middle'), await session('last')];
    await head.query('CREATE TABLE IF NOT EXISTS stock (id int PRIMARY KEY, left_over int)');
    await head.query('INSERT INTO stock VALUES (1, 5), (2, 5) ON CONFLICT DO NOTHING');
    await head.query('BEGIN');
    await head.query('UPDATE stock SET left_over = 4 WHERE id = 1');
    await middle.query('BEGIN');
    await middle.query('UPDATE stock SET left_over = 4 WHERE id = 2');
    start(middle, 'UPDATE stock SET left_over = 3 WHERE id = 1');
    await eventually('the first to wait', look, ({ waiting }) => waiting === 1);
    start(last, 'UPDATE stock SET left_over = 2 WHERE id = 2');
    return eventually('both to wait', look, ({ waiting }) => waiting === 2);
  }

  it('finds the head of a queue of locks and how many wait behind it, also through others', async () => {
    const { blockers, waiting } = await chain();
    assert.deepEqual(
      blockers.map(({ application, blocks, shape }) => [application, blocks, shape]),
      [['head', 2, 'UPDATE stock SET left_over = ? WHERE id = ?']],
    );
    assert.equal(waiting, 2);
  });

  it('says when the lock belongs to a prepared transaction, which has no session', async () => {
    const root = await superuser('root');
    await root.query('ALTER SYSTEM SET max_prepared_transactions = 2');
    await databases.crash('east');
    await databases.heal('east');
    opened = [];
    const [writer, waiter] = [await session('writer'), await session('waiter')];
    await writer.query('CREATE TABLE IF NOT EXISTS stock (id int PRIMARY KEY, left_over int)');
    await writer.query('BEGIN');
    await writer.query('LOCK TABLE stock');
    await writer.query(`PREPARE TRANSACTION 'forgotten'`);
    start(waiter, 'SELECT * FROM stock');
    const seen = await eventually('somebody to wait', look, ({ waiting }) => waiting === 1);
    assert.deepEqual([seen.blockers, seen.waitingForPrepared], [[], 1]);
    await writer.query(`ROLLBACK PREPARED 'forgotten'`);
  });

  it('ends the head of a queue, and all who waited go on', async () => {
    const { blockers } = await chain();
    const asked = { ...east, sessions: blockers, how: 'terminate' as const };
    const dry = await inStep(tools().endSessions, asked, { mode: 'simulate' });
    assert.ok(await isThere(blockers[0]!), 'a dry run ends nobody');
    assert.match(JSON.stringify(dry.predicted), new RegExp(`${blockers[0]!.pid}.*${blockers[0]!.backendStart}`));
    const { result, evidence, predicted } = await inStep(tools().endSessions, asked);
    assert.deepEqual([result, dry.result], [{ ended: 1 }, { ended: 1 }]);
    const acts = evidence.filter(({ kind }) => kind === 'change').map(({ call, args }) => ({ call, args }));
    assert.deepEqual([acts, dry.predicted], [predicted, predicted]);
    // The last one waits for the middle one's commit only.
    await eventually('one lock less', look, ({ waiting }) => waiting === 1);
    const again = await inStep(tools().endSessions, asked);
    assert.deepEqual([again.result, again.evidence.filter(({ kind }) => kind === 'change')], [{ ended: 1 }, []]);
  });

  it('cancels the statement that was meant and leaves its session, and never the statement after it', async () => {
    const busy = await session('busy');
    const first = busy.query('SELECT pg_sleep(30)').then(
      () => 'it ended by itself',
      (error: Error) => error.message,
    );
    const root = await superuserOf(databases, 'orders-east').then((one) => (opened.push(one), one));
    const running = async () =>
      (
        await root.query<Pick<Session, 'pid' | 'backendStart' | 'queryStart'>>(
          `SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "backendStart",
          to_char(query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "queryStart"
          FROM pg_stat_activity WHERE application_name = 'busy' AND state = 'active'`,
        )
      ).rows;
    const sessions = await eventually('the statement', running, (rows) => rows.length === 1);
    await inStep(tools().endSessions, { ...east, sessions, how: 'cancel' });
    assert.match(await first, /canceling statement due to user request/);
    start(busy, 'SELECT pg_sleep(20)');
    await eventually('the next statement', running, (rows) => rows.length === 1);
    const { evidence } = await inStep(tools().endSessions, { ...east, sessions, how: 'cancel' });
    assert.deepEqual([evidence.filter(({ kind }) => kind === 'change'), (await running()).length], [[], 1]);
    const { name } = await failureOf(inStep(tools().endSessions, { ...east, sessions: [{ pid: 1, backendStart: 'now' }], how: 'cancel' }));
    assert.equal(name, 'InvalidInput');
    await busy.end();
  });

  it('does not end a later session with the same process number', async () => {
    const reused = await idOf(await session('reused'));
    const former = { pid: reused.pid, backendStart: '2026-01-01T00:00:00.000001Z' };
    const { result, evidence } = await inStep(tools().endSessions, { ...east, sessions: [former], how: 'terminate' });
    assert.deepEqual([result, evidence.some(({ kind }) => kind === 'change')], [{ ended: 1 }, false]);
    assert.ok(await isThere(reused));
  });

  it('never ends its own sessions, replication, maintenance by a superuser, and PostgreSQL’s own workers, nor anybody beside them', async () => {
    const own = await idOf(await session('muster'));
    const innocent = await idOf(await session('shop'));
    const root = await superuser('dba');
    start(root, 'VACUUM (VERBOSE) orders');
    const maintenance = await session('watcher');
    const rows = (
      await maintenance.query<{ pid: number; start: string; backend_type: string; application_name: string }>(
        `SELECT pid, backend_type, application_name, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS start
          FROM pg_stat_activity WHERE backend_type IN ('walsender', 'checkpointer') OR application_name = 'dba'`,
      )
    ).rows;
    assert.deepEqual(rows.map(({ backend_type }) => backend_type).sort(), ['checkpointer', 'client backend', 'walsender']);
    for (const { pid, start: backendStart, backend_type } of [...rows, { pid: own.pid, start: own.backendStart, backend_type: 'own' }]) {
      const sessions = [innocent, { pid, backendStart }];
      const { name, message, evidence } = await failureOf(inStep(tools().endSessions, { ...east, sessions, how: 'terminate' }));
      assert.equal(name, 'RefusedBySafetyRule', backend_type);
      assert.match(message, new RegExp(`${pid} \\(.*\\): .*(follows|PostgreSQL's own|superuser|Muster’s own)`));
      assert.deepEqual(
        evidence.filter(({ kind }) => kind === 'change'),
        [],
      );
    }
    assert.ok((await isThere(own)) && (await isThere(innocent)));
    const { spared, idleInTransaction } = await look();
    assert.deepEqual(
      spared.map(({ application, why }) => [application, why]),
      [['muster', 'it is Muster’s own']],
    );
    assert.deepEqual(
      idleInTransaction.map(({ application }) => application),
      ['shop'],
    );
  });

  it('are told and ended although customers have taken every connection that is for them', async () => {
    const customer = () => session('shop', { user: 'shop', password: databases.secrets.shop });
    await fill(customer);
    const holder = await idOf(opened[0]!);
    const sessions = [{ pid: holder.pid, backendStart: holder.backendStart }];
    await inStep(tools().endSessions, { ...east, sessions, how: 'terminate' });
    assert.equal(await isThere(holder), false);
  });

  it('answers that no connection is left, and of which kind, instead of failing', async () => {
    const root = await superuser('keeper');
    await root.query('ALTER ROLE muster CONNECTION LIMIT 1');
    await session('only');
    const byRole = await read();
    assert.deepEqual('full' in byRole && [byRole.full, byRole.of], [true, 'role']);
    await root.query('ALTER ROLE muster CONNECTION LIMIT -1');
    const seen = await eventually(
      'no connection left',
      () => fill(() => session('leak')).then(() => read()),
      (now) => 'full' in now,
      10_000,
    );
    assert.equal('full' in seen && seen.of, 'unreserved');
    const { result } = await inStep(tools().reachDatabase, east);
    assert.deepEqual([result.reachable, result.full, result.steps[3]!.verdict], [false, true, 'bad']);
    const waiting = inStep(tools().awaitFreeConnections, { ...east, freeShare: 0.5 });
    await Promise.all(opened.filter((one) => one !== root).map((one) => one.end()));
    const free = (await waiting).result!;
    assert.ok(free.of === 92 && free.free > 80, JSON.stringify(free));
  });

  it('goes the whole way to a database and says how long each step took', async () => {
    const { result, evidence } = await inStep(tools().reachDatabase, east);
    assert.deepEqual(
      result.steps.map(({ name, verdict }) => [name, verdict]),
      [
        ['name', 'good'],
        ['port', 'good'],
        ['encryption', 'unknown'],
        ['sign-in', 'good'],
        ['question', 'good'],
      ],
    );
    assert.deepEqual([result.reachable, result.full, evidence.length], [true, false, 5]);
    assert.ok((await inStep(tools().awaitReachable, east)).result!.reachable);
  });

  it('says at which step the way to a database ends, and never fails for that', async () => {
    const silent = createServer(() => undefined);
    const closing = createServer((socket) => socket.destroy());
    servers.push(silent, closing);
    const [mute, shut] = await Promise.all(
      servers.map(
        (server) => new Promise<number>((done) => server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port))),
      ),
    );
    const port = databases.database('orders-east')!.port;
    const cases: [string, string, RegExp][] = [
      ['postgres://muster:x@no-such-host.invalid/orders', 'name', /has no address/],
      [(await deadUrl()).replace('http', 'postgres'), 'port', /ECONNREFUSED/],
      [`postgres://muster:x@127.0.0.1:${shut}/orders`, 'sign-in', /./],
      [`postgres://muster:x@127.0.0.1:${mute}/orders`, 'sign-in', /says nothing for 5 s|no answer within 5 s/],
      [`postgres://muster:x@127.0.0.1:${mute}/orders?sslmode=verify-full`, 'encryption', /says nothing/],
      [`postgres://muster:x@127.0.0.1:${port}/orders?sslmode=verify-full`, 'encryption', /has no TLS/],
      [`postgres://muster:canary-canary@127.0.0.1:${port}/orders`, 'sign-in', /refuses the password/],
      [urlOf('muster', databases.secrets.owner, 'orders-east', 'nowhere'), 'sign-in', /no database of that name/],
    ];
    const ways = await Promise.all(
      cases.map(async ([url]) => {
        const { reachDatabase } = postgresSessionActivities(environmentWith({ PG_EAST: url }));
        const outcome = await inStep(reachDatabase, east);
        assert.doesNotMatch(JSON.stringify(outcome), /canary/);
        return outcome.result;
      }),
    );
    for (const [index, [, name, detail]] of cases.entries()) {
      const { steps, reachable } = ways[index]!;
      const bad = steps.filter(({ verdict }) => verdict === 'bad');
      assert.deepEqual([reachable, bad.map((step) => step.name)], [false, [name]]);
      assert.match(bad[0]!.detail, detail);
      assert.equal(steps.length, 5);
    }
  });

  it('finds what runs for too long where no statistics are kept', async () => {
    for (const customer of ['ada', 'bob']) start(await session('shop'), `SELECT pg_sleep(20), '${customer}'`);
    const slow = async () => (await inStep(tools().readSlowQueries, { ...east, overMs: 100 })).result;
    const { source, queries } = await eventually('both', slow, (seen) => seen.queries[0]?.calls === 2);
    assert.deepEqual([source, queries.map(({ shape }) => shape)], ['pg_stat_activity', ['SELECT pg_sleep(?), ?']]);
    assert.ok(queries[0]!.meanMs >= 100);
    const root = await superuser('root');
    await root.query('CREATE EXTENSION pg_stat_statements');
    assert.equal((await slow()).source, 'pg_stat_activity', 'the server was not started with it');
    await Promise.all(opened.map((one) => one.end()));
  });

  it('finds what took most time where statistics are kept', async () => {
    const root = await superuser('root');
    await root.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
    await databases.crash('east');
    await databases.heal('east');
    opened = [];
    const shop = await session('shop');
    await shop.query(`SELECT pg_sleep(0.4), 'canary'`);
    await shop.query(`SELECT pg_sleep(0.4), 'canary'`);
    const { source, since, queries } = (await inStep(tools().readSlowQueries, east)).result;
    assert.deepEqual([source, queries[0]!.shape, queries[0]!.calls], ['pg_stat_statements', 'SELECT pg_sleep(?), ?', 2]);
    assert.ok(queries[0]!.totalMs >= 800 && since !== null);
  });

  it('tells what fills the disk: tables, the log, slots that nobody uses, and an archiver that fails', async () => {
    const root = await superuser('root');
    await root.query(`CREATE TABLE IF NOT EXISTS heavy AS SELECT repeat('x', 500) AS filler FROM generate_series(1, 5000)`);
    await root.query(`SELECT pg_create_physical_replication_slot('forgotten', true)`);
    await root.query(`ALTER SYSTEM SET archive_command = 'false'`);
    await root.query('SELECT pg_reload_conf()');
    const disk = async () => {
      // The archiver may have taken one away before it has read the new command.
      await root.query(`SELECT pg_logical_emit_message(false, 'test', 'something to archive'), pg_switch_wal()`);
      return (await inStep(tools().readDiskOfDatabase, east)).result;
    };
    const seen = await eventually('the archiver to fail', disk, ({ archiver }) => archiver?.failing === true, 20_000, 500);
    assert.ok(seen.database > 5_000_000 && seen.wal! > 1_000_000 && seen.archiver!.waiting! > 0, JSON.stringify(seen));
    assert.equal(seen.tables[0]!.table, 'public.heavy');
    assert.deepEqual(
      seen.slots.map(({ slot, status }) => [slot, status]),
      [['forgotten', 'reserved']],
    );
    assert.ok(seen.slots[0]!.holds! >= 0 && seen.temporary.now === 0);
    await root.query(`SELECT pg_drop_replication_slot('forgotten')`);
    await root.query('ALTER SYSTEM RESET archive_command');
    await root.query('SELECT pg_reload_conf()');
  });

  it('tells what it may not see, when its role is no monitor', async () => {
    const root = await superuser('root');
    await root.query('REVOKE pg_monitor, pg_signal_backend FROM muster');
    const shop = await session('shop', { user: 'shop', password: databases.secrets.shop });
    await shop.query('BEGIN');
    const seen = await look();
    assert.deepEqual([seen.seesAll, seen.byState.other > 0, seen.idleInTransaction], [false, true, []]);
    assert.ok(seen.used >= 3 && seen.byApplication.some(({ application }) => application === 'shop'));
    const disk = (await inStep(tools().readDiskOfDatabase, east)).result;
    assert.deepEqual([disk.wal, disk.temporary.now, disk.archiver!.waiting], [null, null, null]);
    await root.query('GRANT pg_monitor, pg_signal_backend TO muster');
  });
});
