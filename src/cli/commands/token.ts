import type { Command } from 'commander';
import type { NewToken, StoredToken, Tokens } from '../../config/access/tokens.ts';
import { findPlaces } from '../connect.ts';
import { CliError, exitCodes } from '../exit.ts';
import { example, globals, print, table } from '../output.ts';
import { mustBeKnown } from '../who.ts';

/** `muster token`: who may use the API and sign decisions, for how long; counts at once, without anything running. */
export function registerToken(program: Command): void {
  const token = program
    .command('token')
    .description('make, list and revoke tokens of people and programs; counts at once')
    .addHelpText('after', examples);
  token
    .command('create <subject>')
    .description('make a token, which is shown once: the token alone on standard output, the rest beside it')
    .option('--expires <when>', 'until when: 30d (from now), 2026-04-01, or never', '90d')
    .option('--scope <scope>', 'read: may only look; decide: everything that the person may', 'decide')
    .option('--note <text>', 'what it is for')
    .addHelpText('after', examples)
    .action(create);
  token
    .command('list')
    .description('list the tokens that were made, newest first, and what became of them; never the tokens themselves')
    .addHelpText('after', example('muster token list', 'muster token list -o json | jq \'.[] | select(.state == "valid")\''))
    .action(list);
  token
    .command('revoke <id>')
    .description('end a token; what is open by it, live views and browsers, ends within seconds')
    .addHelpText('after', example('muster token revoke 5f0c1a9be2d4'))
    .action(revoke);
}

const examples = example(
  'muster token create ana',
  'export MUSTER_TOKEN=$(muster token create ana --note "her laptop")',
  'muster token create wall --scope read --expires 365d',
  'muster token create ana --expires never',
  'muster token list',
  'muster token revoke 5f0c1a9be2d4',
);

interface Asked {
  expires: string;
  scope: string;
  note?: string;
}

async function create(subject: string, { expires, scope, note }: Asked, command: Command): Promise<void> {
  if (scope !== 'read' && scope !== 'decide') throw new CliError(`--scope ${scope}: say read or decide`, exitCodes.usage);
  const expiresAt = await untilWhen(expires);
  const { environment, tokens, acts } = await open(command);
  mustBeKnown(
    subject,
    environment.people.map((one) => one.subject),
    environment.name,
  );
  const wanted: NewToken = { subject, scope, expiresAt, note: note?.trim() || null, createdBy: acts.by };
  const { token, made } = tokens.create(wanted, (one) => acts.note('token created', one));
  const { output } = globals(command);
  print({ output }, { token, ...shown(made) }, () => token);
  if (output === 'json') return;
  const may = scope === 'read' ? 'may only look' : `does what ${subject} may`;
  const end = expiresAt === null ? 'it never expires' : `until ${expiresAt}`;
  process.stderr.write(`Token ${made.id} of ${subject}: ${may}, ${end}. It is not shown again; use it as MUSTER_TOKEN.\n`);
}

async function list(_options: object, command: Command): Promise<void> {
  const { tokens } = await open(command);
  const { stateOf } = await import('../../config/access/tokens.ts');
  const all = tokens.list().map((one) => ({ ...shown(one), state: stateOf(one) }));
  all.reverse();
  print(globals(command), all, () => {
    if (all.length === 0) return 'No tokens were made; `muster token create SUBJECT` makes one.';
    const rows = all.map(({ id, subject, scope, state, createdAt, createdBy, expiresAt, note }) => [
      ...[id, subject, scope, state, expiresAt ?? 'never', createdAt, createdBy, note ?? ''],
    ]);
    return table(['ID', 'OF', 'SCOPE', 'STATE', 'EXPIRES', 'MADE', 'BY', 'NOTE'], rows);
  });
}

async function revoke(id: string, _options: object, command: Command): Promise<void> {
  const { environment, tokens, acts } = await open(command);
  const revoked = tokens.revoke(id, acts.by, (one) => acts.note('token revoked', one));
  if (!revoked)
    throw new CliError(`there is no token ${id} in ${environment.name}; \`muster token list\` shows their ids`, exitCodes.refused);
  print(globals(command), shown(revoked), () => `Token ${id} of ${revoked.subject} counts no more, since ${revoked.revokedAt}.`);
}

/** The store of the environment that is spoken of, and the audit of what is done to it. */
async function open(command: Command) {
  const [{ loadEnvironment }, { openTokens }, { whoActs, writeAudit }] = await Promise.all([
    import('../../config/environment.ts'),
    import('../../config/access/tokens.ts'),
    import('../../config/access/audit.ts'),
  ]);
  const environment = await loadEnvironment(findPlaces(globals(command)).environmentFile);
  const tokens: Tokens = openTokens(environment.name);
  const by = whoActs();
  const note = (what: string, { id, subject, scope, expiresAt }: StoredToken) =>
    writeAudit({ what, by, environment: environment.name, about: { id, subject, scope, expiresAt } });
  return { environment, tokens, acts: { by, note } };
}

const shown = ({ hash: _, ...rest }: StoredToken): Omit<StoredToken, 'hash'> => rest;

async function untilWhen(expires: string): Promise<string | null> {
  if (expires === 'never') return null;
  const { readDue } = await import('../moments.ts');
  const until = readDue('--expires', expires);
  if (Date.parse(until) <= Date.now()) throw new CliError(`--expires ${expires}: that is over already`, exitCodes.usage);
  return until;
}
