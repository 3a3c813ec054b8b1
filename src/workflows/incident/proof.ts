import { Failure } from '../failures.ts';
import { trust } from '../tools.ts';
import { refuse } from './checks.ts';
import { incidentId, type IncidentAsk } from './commands.ts';
import type { Incident } from './view.ts';

/** What is asked, with the channel that it surely came by: without a signature of ours that is Temporal, whatever it says. */
export async function provenAsk({ environment, number }: Incident, { proof, ...asked }: IncidentAsk): Promise<IncidentAsk> {
  const said = { environment, to: incidentId(environment, number), what: asked.command, command: asked };
  const holds = proof !== undefined && (await trust.proveDecision({ said, proof }).catch(() => false));
  return { ...asked, channel: holds ? (asked.channel ?? 'temporal') : 'temporal' };
}

/** Refuses what nobody has signed where the environment takes nothing else; all that an incident does can be taken back. */
export function mustCountAsk({ unsigned = 'allow', environment }: Incident): void {
  if (unsigned === 'refuse')
    refuse(
      Failure.NotSigned,
      `${environment} takes nothing that is not signed: ask by the API, the console, or \`muster\` with your own token`,
    );
}
