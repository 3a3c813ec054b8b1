import assert from 'node:assert/strict';
import { lintProse } from '../../src/lint/prose.ts';
import { proseRules } from '../../src/lint/prose-rules.ts';

const block = (commands: string, heading = '### A scenario') =>
  `${heading}\n\nSome words: kubectl drain node --force\n\n\`\`\`bash\n${commands}\n\`\`\`\n`;
const found = (text: string) => lintProse('old.md', text).map(({ rule, line }) => `${line} ${rule}`);

const fence = 'psql -c "ALTER DATABASE shop SET default_transaction_read_only = on"';

/** By rule: a trap, alone in a block under a heading, and what is right. The trap's line in the file is 6. */
const cases: Record<string, { bad: string; good: string; heading?: string; also?: string[] }> = {
  'dns-before-promotion': {
    bad: 'aws route53 change-resource-record-sets --change-batch file://x\naws cloudwatch get-metric-statistics --metric-name ReplicaLag\naws rds promote-read-replica --db-instance-identifier b',
    good: `${fence}\naws cloudwatch get-metric-statistics --metric-name ReplicaLag\naws rds promote-read-replica --db-instance-identifier b`,
    also: ['6 global-control-plane', '8 promotion-before-fence'],
  },
  'promotion-unchecked': {
    bad: 'aws rds promote-read-replica --db-instance-identifier b',
    good: `${fence}\npsql -c "SELECT pg_last_wal_replay_lsn()"\naws rds promote-read-replica --db-instance-identifier b`,
    also: ['6 promotion-before-fence'],
  },
  'global-control-plane': { bad: 'aws route53 change-resource-record-sets', good: 'aws route53 get-health-check-status' },
  'fixed-region': { bad: 'aws sts get-caller-identity --region us-east-1', good: 'aws sts get-caller-identity --region "$TO"' },
  'restore-defaults': {
    bad: 'aws rds restore-db-instance-to-point-in-time \\\n  --source-db-instance-identifier a \\\n  --target-db-instance-identifier b',
    good: 'aws rds restore-db-instance-to-point-in-time --db-subnet-group-name s \\\n --vpc-security-group-ids g --db-parameter-group-name p',
  },
  'snapshot-by-guess': {
    bad: 'aws rds copy-db-snapshot --source-db-snapshot-identifier shop-latest',
    good: 'aws rds copy-db-snapshot --source-db-snapshot-identifier shop-2026-11-20',
  },
  'vacuum-on-corruption': { bad: 'VACUUM VERBOSE ANALYZE;', good: "SELECT bt_index_check('orders_pkey');", heading: '### Corrupt data' },
  'fence-by-configuration': {
    bad: `kubectl patch configmap settings -p '{"data":{"read_only":"true"}}'`,
    good: 'psql -c "ALTER DATABASE shop SET default_transaction_read_only = on"',
  },
  'failover-without-target': {
    bad: 'aws rds failover-db-cluster --db-cluster-identifier c',
    good: 'aws rds failover-db-cluster --db-cluster-identifier c --target-db-instance-identifier c-2',
  },
  'switch-that-nobody-reads': { bad: 'kubectl annotate service api circuit-breaker=on', good: 'kubectl get service api' },
  'drain-by-force': { bad: 'kubectl drain node-7 --ignore-daemonsets --force', good: 'kubectl drain node-7 --ignore-daemonsets' },
  'service-cut-off': { bad: `kubectl patch service db -p '{"spec":{"selector":{"app":"off"}}}'`, good: 'kubectl get endpoints db' },
  'rollback-without-revision': { bad: 'kubectl rollout undo deployment/api', good: 'kubectl rollout undo deployment/api --to-revision=41' },
  'rollback-by-checkout': { bad: 'git checkout <last-good-commit>', good: 'git log --oneline -10' },
  'evidence-deleted': { bad: 'docker system prune -f', good: 'docker system df' },
  'status-class-as-text': { bad: 'grep -c "5xx" access.log', good: `awk '$9 >= 500' access.log` },
  'one-look-is-no-proof': { bad: 'sleep 30\ncurl -f https://shop.example/health', good: 'sleep 30' },
  'promotion-before-fence': { bad: 'psql -c "SELECT pg_promote()"', good: `${fence}\npsql -c "SELECT pg_promote()"` },
  'all-pods-at-once': { bad: 'kubectl delete pods --all -n shop', good: 'kubectl rollout restart deployment/api -n shop' },
  'killed-outright': { bad: 'kill -9 4711', good: 'systemctl stop app' },
  'wait-by-feeling': { bad: '# Wait and monitor', good: '# Wait until three readings are good' },
  toggle: { bad: 'curl -X POST https://shop.example/admin/toggle', good: 'curl -X PUT https://shop.example/admin/limit/on' },
  'secret-in-command': { bad: 'PGPASSWORD=geheim psql -h db', good: 'PGPASSWORD="$DB_PASSWORD" psql -h db' },
};

describe('the lint of runbooks for people', () => {
  for (const [rule, { bad, good, heading, also = [] }] of Object.entries(cases)) {
    it(`finds ${rule} at its line, and passes what is right`, () => {
      const text = block(bad, heading);
      const line = text.split('\n').indexOf(bad.split('\n')[0]!) + 1;
      assert.equal(line, 6);
      assert.deepEqual(found(text), [`6 ${rule}`, ...also].sort());
      assert.deepEqual(found(block(good, heading)), []);
    });
  }

  it('has a case for every rule', () => {
    assert.deepEqual(proseRules.map(({ id }) => id).sort(), Object.keys(cases).sort());
  });

  it('reads no prose and no comment, and VACUUM only where data is corrupt', () => {
    assert.deepEqual(found('Never `kubectl drain node --force`.\n'), []);
    assert.deepEqual(found(block('# kubectl drain node --force')), []);
    assert.deepEqual(found(block('VACUUM VERBOSE ANALYZE;', '### Slow queries')), []);
  });

  it('sees the order within one scenario only', () => {
    const move = 'aws route53 change-resource-record-sets';
    const promote = `${fence}\npsql -c "SELECT pg_last_wal_replay_lsn()"\naws rds promote-read-replica --db-instance-identifier b`;
    assert.deepEqual(found(block(move) + block(promote, '### Another one')), ['6 global-control-plane']);
  });

  it('finds passwords in addresses and arguments, and lets references be', () => {
    const secrets = [
      "connect('postgresql://user:pw@db/shop')",
      "connect(host='db', password='geheim')",
      'redis-cli -a geheim ping',
      'mysql -u root -pgeheim',
    ];
    for (const secret of secrets) assert.deepEqual(found(block(secret)), ['6 secret-in-command'], secret);
    const references = [
      'psql "postgresql://user:$PASSWORD@db/shop"',
      'mysql --password="$DB_PASSWORD"',
      'tool --password <from the vault>',
      'curl https://shop.example:8080/a@b',
    ];
    for (const reference of references) assert.deepEqual(found(block(reference)), [], reference);
  });
});
