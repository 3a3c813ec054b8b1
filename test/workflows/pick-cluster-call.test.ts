import assert from 'node:assert/strict';
import type { ClusterTopology } from '../../src/activities/rds/global-clusters.ts';
import { pickClusterCall } from '../../src/workflows/procedures/database/pick-cluster-call.ts';
import { eastIsLost, ledger, member, part, silent } from '../recovery/cluster-fakes.ts';

type Asked = Partial<Parameters<typeof pickClusterCall>[1]>;
const pick = (topology: ClusterTopology, to: string, more: Asked = {}) =>
  pickClusterCall(topology, {
    to: to === 'east' || to === 'west' || to === 'north' ? { region: to } : { member: to },
    planned: false,
    acceptDataLoss: false,
    ...more,
  });
const east = (...members: ReturnType<typeof member>[]) => part('east', members);
const west = part('west', [member('ledger-west-1', false)]);
const refusal = (topology: ClusterTopology, to: string, more: Asked = {}) => {
  const { call, says } = pick(topology, to, more);
  assert.equal(call, 'refused', says);
  return says;
};

describe('the call that moves the writer of a cluster', () => {
  it('is FailoverDBCluster with its target for a reader in the writer’s region', () => {
    const chosen = pick(ledger(), 'ledger-east-2');
    assert.deepEqual(chosen, {
      call: 'FailoverDBCluster',
      says: 'rds:FailoverDBCluster of ledger-east to ledger-east-2',
      from: { region: 'east', instance: 'ledger-east-1' },
      writer: { region: 'east', instance: 'ledger-east-2' },
    });
  });

  it('is the same for a Multi-AZ DB cluster, which has no global cluster', () => {
    const members = [member('one', true), member('two', false)];
    const topology = ledger({ engine: 'postgres', global: null, regions: [part('east', members, { engine: 'postgres' })] });
    assert.equal(pick(topology, 'two').call, 'FailoverDBCluster');
    assert.equal(pick(topology, 'east').call, 'none');
    assert.match(refusal(topology, 'west'), /has no part in west/);
  });

  it('is SwitchoverGlobalCluster for the other region while both are well, whatever loss was accepted', () => {
    for (const more of [{}, { planned: true }, { acceptDataLoss: true }]) {
      const chosen = pick(ledger(), 'west', more);
      assert.deepEqual(
        [chosen.call, chosen.says],
        ['SwitchoverGlobalCluster', 'rds:SwitchoverGlobalCluster of ledger-global from east to west'],
      );
    }
  });

  it('is FailoverGlobalCluster only when the home is lost and the loss was accepted', () => {
    const chosen = pick(eastIsLost(), 'west', { acceptDataLoss: true });
    assert.deepEqual(chosen, {
      call: 'FailoverGlobalCluster',
      says: 'rds:FailoverGlobalCluster of ledger-global from east to west with AllowDataLoss',
      from: { region: 'east', instance: null },
      writer: { region: 'west', instance: 'ledger-west-1' },
    });
    assert.match(refusal(eastIsLost(), 'west'), /start again with acceptDataLoss=true/);
    assert.match(refusal(eastIsLost(), 'west', { planned: true }), /a planned move needs both regions well/);
  });

  it('is FailoverGlobalCluster too when the home answers and nothing in it can take writes', () => {
    const broken = part('east', [member('ledger-east-1', true, { status: 'storage-full' })]);
    assert.equal(pick(ledger({ regions: [broken, west] }), 'west', { acceptDataLoss: true }).call, 'FailoverGlobalCluster');
    const unwell = part('east', [member('ledger-east-1', true), member('ledger-east-2', false)], { status: 'inaccessible' });
    assert.equal(pick(ledger({ regions: [unwell, west] }), 'west', { acceptDataLoss: true }).call, 'FailoverGlobalCluster');
  });

  it('is no lossy one while a member beside the broken writer can take over', () => {
    const regions = [east(member('ledger-east-1', true, { status: 'failed' }), member('ledger-east-2', false)), west];
    assert.match(refusal(ledger({ regions }), 'west', { acceptDataLoss: true }), /ledger-east-2 in east is well: fail over to it/);
  });

  it('is none when the target is the writer already', () => {
    assert.deepEqual(pick(ledger(), 'ledger-east-1'), {
      ...{ call: 'none', says: 'nothing: ledger-east-1 is the writer already' },
      writer: { region: 'east', instance: 'ledger-east-1' },
    });
    assert.equal(pick(ledger(), 'east').call, 'none');
  });

  it('takes the member with the lowest tier in the other region, and only one that is well', () => {
    const members = [
      member('a', false, { tier: 3 }),
      member('b', false, { tier: 2, status: 'rebooting' }),
      member('c', false, { tier: 2 }),
      member('d', false, { tier: null }),
    ];
    const chosen = pick(ledger({ regions: [east(member('ledger-east-1', true)), part('west', members)] }), 'west');
    assert.deepEqual('writer' in chosen && chosen.writer, { region: 'west', instance: 'c' });
  });

  it('does not exist for an instance that is no member: that is a replica’s promotion', () => {
    assert.match(refusal(ledger(), 'orders-west'), /no member of the cluster.*use promote-read-replica/);
  });

  it('does not exist for a member in another region than the writer', () => {
    assert.match(refusal(ledger(), 'ledger-west-1'), /the writer is in east.*ask for the region west/);
    const nobody = ledger({ global: null, regions: [west] });
    assert.match(refusal(nobody, 'ledger-west-1'), /no region that is known/);
  });

  it('does not exist across regions without a global cluster', () => {
    assert.match(refusal(ledger({ global: null }), 'west'), /has no global cluster/);
    const homeless = { id: 'ledger-global', status: 'available', home: null, movesTo: null };
    const regions = [silent('east', ['ledger-east-1']), west];
    assert.match(refusal(ledger({ regions, global: homeless }), 'west'), /no region can tell/);
    assert.match(refusal(ledger(), 'north'), /has no part in north/);
  });

  it('waits for a move that is under way', () => {
    const moving = { id: 'ledger-global', status: 'switching-over', home: 'east', movesTo: 'west' };
    assert.match(refusal(ledger({ global: moving }), 'west'), /on its way to west/);
    const members = [member('ledger-east-1', true), member('ledger-east-2', false)];
    const regions = [part('east', members, { status: 'failing-over' }), west];
    assert.match(refusal(ledger({ regions }), 'ledger-east-2'), /ledger-east is failing-over/);
  });

  it('does not exist for a target that cannot take over', () => {
    const regions = [east(member('ledger-east-1', true), member('ledger-east-2', false, { status: 'rebooting' })), west];
    assert.match(refusal(ledger({ regions }), 'ledger-east-2'), /ledger-east-2 is rebooting/);
    assert.match(refusal(eastIsLost(), 'ledger-east-2'), /RDS in east does not answer/);
    const gone = ledger({ regions: [ledger().regions[0]!, silent('west', ['ledger-west-1'])] });
    assert.match(refusal(gone, 'west'), /cannot take over: RDS does not answer/);
    const empty = ledger({ regions: [ledger().regions[0]!, part('west', [], { status: '' })] });
    assert.match(refusal(empty, 'west'), /cannot take over: not there/);
  });

  it('is not guessed when RDS calls the engine otherwise than the environment', () => {
    const regions = [part('east', [member('ledger-east-1', true)], { engine: 'postgres' }), west];
    assert.match(refusal(ledger({ regions }), 'west'), /ledger-east is postgres, the environment says aurora-postgresql/);
  });
});
