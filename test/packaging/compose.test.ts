import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dockerSays, parseCompose, type ComposeFile } from './support/compose.ts';
import { copiedFromClone, instructionsOf } from './support/dockerfile.ts';

const file = resolve('docker-compose.yml');
const password = 'chosen-by-the-test';
const variables = { TEMPORAL_DB_PASSWORD: password };

/** The source of a command of our image, or the file of a set-up job, as it is in the clone. */
function sourcesOf(command: readonly string[]): string[] {
  return command.flatMap((word) => {
    if (word.startsWith('dist/')) return [word.replace(/^dist\//, '').replace(/\.js$/, '.ts')];
    if (word.startsWith('./')) return [word];
    if (word.startsWith('/set-up/')) return [word.replace('/set-up/', 'deploy/temporal/')];
    return [];
  });
}

describe('docker-compose.yml', () => {
  let folder: string;
  let compose: ComposeFile;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-compose-'));
    compose = await parseCompose(file, variables);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is read by a Compose parser and brings Temporal on PostgreSQL, the API, a worker, and the range as a profile', () => {
    const { services } = compose;
    assert.deepEqual(Object.keys(services).sort(), [
      'api',
      'postgresql',
      'range',
      'temporal',
      'temporal-database',
      'temporal-namespace',
      'temporal-ui',
      'worker',
    ]);
    assert.deepEqual(services['range']!.profiles, ['range']);
    assert.deepEqual(
      Object.entries(services).flatMap(([name, { profiles }]) => (profiles ? [name] : [])),
      ['range'],
    );
  });

  it('has nothing that docker itself would refuse, where docker is installed', async () => {
    assert.deepEqual((await dockerSays(file, variables)) ?? [], []);
  });

  it('says which variable is missing', async () => {
    await assert.rejects(parseCompose(file, {}), /TEMPORAL_DB_PASSWORD.*choose a password/);
  });

  const broken: [what: string, from: string, to: string, complaint: RegExp][] = [
    ['an unknown key', 'healthcheck:', 'helthcheck:', /extension key `helthcheck`/],
    ['a condition that does not exist', 'service_healthy', 'service_helthy', /not a valid condition/],
    ['a duration that is none', 'interval: 5s', 'interval: 5 spoons', /not a valid duration/],
    ['a port that does not exist', '-8233}:8080', '-8233}:808000', /parsing port range/],
    ['a volume that is not declared', '- archive:/archive', '- attic:/archive', /volume \[attic\] not defined/],
    ['an indentation that does not fit', '    image: postgres', '   image: postgres', /line \d+, column \d+/],
    ['an anchor that is not there', '&ready', '&steady', /line \d+, column \d+/],
    ['a brace that is not closed', 'NAMESPACE:-default}', 'NAMESPACE:-default', /No closing brace/],
  ];
  for (const [what, from, to, complaint] of broken) {
    it(`would not pass with ${what}`, async () => {
      const text = readFileSync(file, 'utf8');
      assert.ok(text.includes(from), `${from} stands in the file`);
      const copy = join(folder, 'docker-compose.yml');
      await writeFile(copy, text.replace(from, to));
      await assert.rejects(parseCompose(copy, variables), complaint);
    });
  }

  it('waits only for services that there are, and for health only where health is checked', () => {
    for (const [name, { depends_on = {} }] of Object.entries(compose.services)) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        assert.ok(compose.services[other], `${name} waits for ${other}, which does not exist`);
        if (condition === 'service_healthy') assert.ok(compose.services[other].healthcheck, `${name} waits for the health of ${other}`);
      }
    }
  });

  it('pins every image by its version', () => {
    for (const [name, { image, build }] of Object.entries(compose.services)) {
      if (!build) assert.match(image ?? '', /:\d+\.\d+(\.\d+)?$/, name);
    }
  });

  it('publishes ports on this machine only', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports ?? []);
    assert.ok(ports.length >= 3);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/);
  });

  it('holds no secret: passwords come from outside', () => {
    const secrets = Object.values(compose.services).flatMap(({ environment = {} }) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD|SECRET|TOKEN|API_KEY/.test(name)),
    );
    assert.equal(secrets.length, 3);
    for (const [name, value] of secrets) assert.equal(value, password, name);
    assert.ok(!readFileSync(file, 'utf8').includes(password));
  });

  it('mounts and runs only what the clone has', () => {
    for (const [name, { command = [], entrypoint = [], healthcheck, volumes = [] }] of Object.entries(compose.services)) {
      for (const source of sourcesOf([...entrypoint, ...command, ...(healthcheck?.test ?? [])])) {
        assert.ok(existsSync(source), `${name} runs ${source}, which does not exist`);
        if (source.endsWith('.sh') || source === './muster') accessSync(source, constants.X_OK);
      }
      for (const volume of volumes) {
        const source = typeof volume === 'string' ? volume.split(':')[0]! : volume.source;
        const yours = source === './.muster/config';
        if (source.startsWith('.') && !yours) assert.ok(existsSync(source), `${name} mounts ${source}, which does not exist`);
      }
    }
    assert.ok(existsSync('deploy/temporal/dynamic-config.yaml'));
  });
});

describe('the Dockerfile', () => {
  const instructions = instructionsOf(readFileSync('Dockerfile', 'utf8'));
  const all = (name: string) => instructions.filter((instruction) => instruction.name === name);

  it('starts every stage from the same pinned image', () => {
    const images = all('FROM').map(({ text }) => text.split(' ')[0]);
    assert.equal(new Set(images).size, 1);
    assert.match(images[0]!, /^node:22\.\d+\.\d+-bookworm-slim$/);
  });

  it('runs as a user who is not root', () => {
    assert.deepEqual(
      all('USER').map(({ text }) => text),
      ['node'],
    );
    assert.ok(instructions.findIndex(({ name }) => name === 'USER') > instructions.findLastIndex(({ name }) => name === 'RUN'));
  });

  it('copies only what is in the clone and not kept out of the build', () => {
    const allowed = new Set(
      readFileSync('.dockerignore', 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1)),
    );
    for (const path of all('COPY').flatMap(copiedFromClone)) {
      assert.ok(existsSync(path), `${path} does not exist`);
      assert.ok(allowed.has(path.replace(/^\.\//, '')), `.dockerignore keeps ${path} out`);
    }
  });

  it('copies from stages that there are, and its command is something that the build makes', () => {
    const stages = all('FROM').flatMap(({ text }) => / AS (\S+)/.exec(text)?.[1] ?? []);
    for (const { text } of all('COPY')) {
      const stage = /--from=(\S+)/.exec(text)?.[1];
      if (stage !== undefined) assert.ok(stages.includes(stage), `no stage ${stage}`);
    }
    const [command] = all('CMD').map(({ text }) => JSON.parse(text) as string[]);
    for (const source of sourcesOf(command!)) assert.ok(existsSync(source), source);
  });
});
