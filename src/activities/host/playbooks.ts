import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { allowedPlaybook, play, predictedPlay, type PlaySummary } from './ansible.ts';
import { change, failure, finding, hostOf } from '../kit/index.ts';

type Played = ServiceRegion & { playbook: string };

/** Playbooks of Ansible that the environment allows, each by its hash; simulate is `--check --diff`. */
export function ansibleActivities(environment: Environment) {
  return {
    /**
     * Brings a host to what a playbook says. It must be repeatable: afterwards a second look has nothing left to change.
     * Source: pynomaly-aws "Verification Commands" (`ansible -m shell` there).
     */
    applyPlaybook: change({
      look: async (asked: Played) => {
        const host = hostOf(environment, asked);
        const file = await allowedPlaybook(host, asked.playbook);
        const would = await play(host, file, true);
        finding(`what ${asked.playbook} would change`, would.said.slice(-900));
        return { so: would.changed === 0, found: `${asked.playbook} would change ${would.changed} things`, host, file, would };
      },
      predict: (_asked, { host, file, would }) => ({ calls: [predictedPlay(host, file)], result: summary(would) }),
      act: (_asked, { host, file }) => play(host, file, false),
      prove: async (asked, { host, file, so, would }, answer) => {
        const left = so ? would : await play(host, file, true);
        if (left.changed > 0)
          throw failure(Failure.Permanent, `${asked.playbook} has run, and a second look would change ${left.changed} things again`);
        return summary(answer ?? left);
      },
    }),
  };
}

const summary = ({ ok, changed, skipped }: PlaySummary) => ({ ok, changed, skipped });
