import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder for the PATH with programs that answer by what they are asked, and nothing else on it. */
export function fakePrograms(home: string, programs: Record<string, Record<string, unknown>>): { path: string; asked: () => string[] } {
  const path = join(home, 'bin');
  const log = join(home, 'asked');
  mkdirSync(path);
  for (const [name, answers] of Object.entries(programs)) {
    const cases = Object.entries(answers).map(
      ([asked, said]) => `*'${asked}'*) echo '${typeof said === 'string' ? said : JSON.stringify(said)}' ;;`,
    );
    const script = [
      '#!/bin/sh',
      `echo "${name} $*" >> '${log}'`,
      'case "$*" in',
      ...cases,
      `*) echo 'not known here' >&2; exit 1 ;;`,
      'esac',
    ];
    writeFileSync(join(path, name), `${script.join('\n')}\n`, { mode: 0o755 });
  }
  return { path, asked: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []) };
}

const group = (name: string) => ({
  AutoScalingGroupName: name,
  TargetGroupARNs: [`arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}-http/0123456789abcdef`],
});

/** AWS's program, for an account with the shop in two regions. */
export const fakeAws = {
  'sts get-caller-identity': { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/ana', UserId: 'x' },
  'route53 list-hosted-zones': { HostedZones: [{ Id: '/hostedzone/Z1', Name: 'example.invalid.', Config: { PrivateZone: false } }] },
  'autoscaling describe-auto-scaling-groups --region us-east-1': { AutoScalingGroups: [group('shop-east'), group('other-east')] },
  'autoscaling describe-auto-scaling-groups --region us-west-2': { AutoScalingGroups: [group('shop-west')] },
  'rds describe-db-instances --region us-east-1': { DBInstances: [{ DBInstanceIdentifier: 'shop-db', Engine: 'postgres' }] },
  'rds describe-db-instances --region us-west-2': {
    DBInstances: [{ DBInstanceIdentifier: 'shop-db-west', Engine: 'postgres', ReadReplicaSourceDBInstanceIdentifier: 'shop-db' }],
  },
};
