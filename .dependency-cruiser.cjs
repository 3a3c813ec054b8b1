/** Which rooms a room may use; what is not named here it may not. A trailing `?` allows types only. */
const arrows = {
  record: [],
  // How values are said stands below everything.
  words: [],
  workflows: ['activities?', 'record', 'words'],
  activities: [
    ...['config', 'record', 'words', 'report', 'workflows?'],
    ...['failures', 'search-attributes'].map((file) => `workflows/${file}.ts`),
  ],
  config: [
    'workflows?',
    ...['search-attributes', 'runbook-names', 'canonical-json', 'plans/remedies', 'incident/policy', 'incident/fields'].map(
      (file) => `workflows/${file}.ts`,
    ),
    'tethered.ts',
  ],
  report: [
    ...['record', 'words', 'config/keys.ts', 'workflows?', 'workflows/messages.ts', 'workflows/canonical-json.ts', 'incidents?'],
    ...['fields', 'promises', 'words'].map((file) => `workflows/incident/${file}.ts`),
  ],
  runs: ['config', 'words', 'workflows', 'catalogue.ts'],
  incidents: ['config', 'workflows', 'runs'],
  readiness: ['config', 'workflows', 'catalogue.ts', 'runs'],
  'catalogue.ts': ['catalogue'],
  catalogue: ['config', 'words', 'workflows?', 'workflows/abouts.ts'],
  api: ['config', 'words', 'workflows', 'catalogue.ts', 'runs', 'incidents', 'readiness', 'drills'],
  // For browsers: it says states and values as all of us do, and knows the API by its answers only.
  console: ['words', 'api?', 'workflows?', 'catalogue.ts?'],
  drills: ['config', 'catalogue', 'workflows?', 'workflows/search-attributes.ts', 'workflows/lifecycle/drill-book.ts'],
  // No tools: of the activities only the archive, and what keeps secrets out.
  tapes: [
    ...['config', 'record', 'words', 'runs', 'report', 'tethered.ts', 'workflows'],
    ...['records', 'kit'].map((room) => `activities/${room}/index.ts`),
  ],
  cli: [
    ...[
      'config',
      'workflows',
      'catalogue.ts',
      'runs',
      'incidents',
      'readiness',
      'drills',
      'tapes',
      'report',
      'range',
      'build',
      'lint',
      'init',
    ],
    ...['tethered.ts', 'record', 'words', 'activities?'],
  ],
  range: ['config', 'tethered.ts'],
  'worker.ts': ['activities', 'config', 'readiness'],
  'tethered.ts': [],
  build: ['config', 'words', 'catalogue.ts', 'tethered.ts'],
  lint: ['activities', 'config'],
  // Asks and looks before there is anything: it knows no room but the words.
  init: ['words'],
};

const literal = (text) => text.replaceAll('.', '\\.');
const below = (room) => (room.endsWith('.ts') ? `^src/${literal(room)}$` : `^src/${literal(room)}/`);

const oneWay = Object.entries(arrows).flatMap(([room, allowed]) => {
  const whole = allowed.filter((name) => !name.endsWith('?'));
  const types = allowed.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1));
  const wrong = (more) => ({ path: '^src/', pathNot: [below(room), ...[...whole, ...more].map(below)] });
  return [
    { name: `${room}-arrows`, severity: 'error', from: { path: below(room) }, to: wrong(types) },
    { name: `${room}-types-only`, severity: 'error', from: { path: below(room) }, to: { ...wrong([]), dependencyTypesNot: ['type-only'] } },
  ];
});

/** The arrows between rooms, circles, and doors. Types count, because what only a type leads to must still be read first. */
module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-room-is-in-the-table',
      severity: 'error',
      from: { path: '^src/', pathNot: Object.keys(arrows).map(below) },
      to: { path: '^src/' },
    },
    {
      name: 'through-the-door',
      comment: 'a room of tools is entered by its index.ts only',
      severity: 'error',
      from: { path: '^src/activities/([^/]+)/' },
      to: { path: '^src/activities/[^/]+/', pathNot: ['^src/activities/$1/', '^src/activities/[^/]+/index\\.ts$'] },
    },
    {
      name: 'through-the-door-from-outside',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/activities/[^/]+/' },
      to: { path: '^src/activities/[^/]+/', pathNot: '^src/activities/[^/]+/index\\.ts$' },
    },
    ...oneWay,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src',
  },
};
