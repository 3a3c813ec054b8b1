import type { Command } from 'commander';
import { example } from '../output.ts';
import { registerAfter } from './incident/after.ts';
import { registerDeclare } from './incident/declare.ts';
import { registerLook } from './incident/look.ts';
import { registerResolve } from './incident/resolve.ts';
import { registerRole } from './incident/role.ts';
import { registerSignals } from './incident/signals.ts';
import { registerStart } from './incident/start.ts';
import { registerUpdate } from './incident/update.ts';

/** `muster incident`: the life of an incident, from its declaration to its last action item. */
export function registerIncident(program: Command): void {
  const incident = program
    .command('incident')
    .description('declare an incident, work on it, resolve it, and learn from it')
    .addHelpText(
      'after',
      example(
        'muster incident declare --title "Nobody can order" --service shop --severity P0',
        'muster incident list',
        'muster incident ack INC-2026-03-14-001',
        'muster incident show INC-2026-03-14-001',
        'muster incident update INC-2026-03-14-001 --to customers --status identified',
        'muster incident resolve INC-2026-03-14-001 --resolution "failed over to west"',
      ),
    );
  const register = [
    registerDeclare,
    registerLook,
    registerSignals,
    registerRole,
    registerUpdate,
    registerStart,
    registerResolve,
    registerAfter,
  ];
  for (const add of register) add(incident);
}
