import type { ActivityCode } from '../activities.ts';
import type { RawFinding, Rule } from '../finding.ts';
import { pageWithoutProof } from './whole-page.ts';

export const restoreWithoutGroups: Rule = {
  id: 'restore-without-groups',
  severity: 'error',
  why: 'It comes up in one zone, with the default security, parameter and subnet groups, where nobody can use it.',
  source: 'ml-platform, "Mitigation Strategies", step 3, and "Database Corruption", step 3',
};
export const forceFlags: Rule = {
  id: 'force-flags',
  severity: 'error',
  why: 'It deletes what nothing brings back, and the evidence with it.',
  source: 'pynomaly-kubernetes, "Immediate Containment"; iot-anomaly-compose, "Memory/Resource Exhaustion"',
};

const needed = [
  ['subnet group', /^DBSubnetGroupName$/],
  ['security groups', /^VpcSecurityGroupIds$/],
  ['parameter group', /^DB(Cluster)?ParameterGroupName$/],
] as const;

/** Every change that a page uses proves itself. */
export function checkChanges({ changes }: ActivityCode, isUsed: (activity: string) => boolean): RawFinding[] {
  return [...changes.values()]
    .filter(({ name, proof }) => proof !== 'reads back' && isUsed(name))
    .map(({ name, node, proof }) => ({
      rule: pageWithoutProof,
      what: proof === 'missing' ? `the change ${name} has no proof` : `the proof of ${name} reads nothing`,
      todo: 'Read the effect back in `prove`, with `until` when it takes time.',
      trail: [node],
    }));
}

/** A restore carries its settings, and no command forces anything. */
export function checkCommands({ restores, commands }: ActivityCode): RawFinding[] {
  return [
    ...restores.flatMap(({ command, node, settings }) => {
      const missing = needed.filter(([, setting]) => ![...settings].some((name) => setting.test(name))).map(([name]) => name);
      if (missing.length === 0) return [];
      return [
        {
          rule: restoreWithoutGroups,
          what: `${command} does not say the ${missing.join(', the ')}`,
          todo: 'Copy every setting from the source explicitly, and compare both before the cut-over.',
          trail: [node],
        },
      ];
    }),
    ...commands.flatMap(({ node, words }) => {
      const flag = forced(words);
      if (flag === undefined) return [];
      return [
        {
          rule: forceFlags,
          what: `the command "${words.join(' ')}" says ${flag}`,
          todo: 'Do without force: respect what refuses, ask at a gate, move things aside instead of deleting them.',
          trail: [node],
        },
      ];
    }),
  ];
}

function forced(words: readonly string[]): string | undefined {
  const deletes = words.some((word) => /^(rm|delete|remove|drop)$/.test(word));
  return words.find(
    (word) =>
      /^--force(=true)?$|^--grace-period=0$|^prune$|^--now$/.test(word) ||
      (deletes && /^-[a-z]*f[a-z]*$/.test(word) && word !== '--filename'),
  );
}
