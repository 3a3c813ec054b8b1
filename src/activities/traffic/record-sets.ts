import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListHostedZonesByNameCommand,
  type HostedZone,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { Failure } from '../../workflows/failures.ts';
import type { Aws } from '../aws/index.ts';
import { currentStep, failure, until } from '../kit/index.ts';

/** Route 53 tells the propagation of a change for as long as we ask; more than a few minutes means that something is wrong. */
const patience = 150_000;

/** All record sets of one name and type. */
export interface RecordSets {
  zoneId: string;
  sets: ResourceRecordSet[];
}

interface Asked {
  zone: string;
  /** Which one, where several zones have one name, e.g. a private and a public one. */
  zoneId?: string | undefined;
  name: string;
  type: string;
}

/** Reads the record sets of a name, whatever their number. Throws Permanent when the zone is not ours, RefusedBySafetyRule when several could be meant. */
export async function readRecords(aws: Aws, { zone, zoneId: wanted, name, type }: Asked): Promise<RecordSets> {
  const route53 = aws.client('route53', 'global');
  const { HostedZones } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: zone, MaxItems: 100 }));
  const zoneId = zoneOf(zone, wanted, HostedZones ?? []);
  const sets: ResourceRecordSet[] = [];
  let from: { StartRecordName: string; StartRecordType: ResourceRecordSet['Type']; StartRecordIdentifier?: string } | undefined = {
    StartRecordName: name,
    StartRecordType: type as ResourceRecordSet['Type'],
  };
  while (from) {
    const page: Page = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, ...from, MaxItems: 100 }));
    const matching = (page.ResourceRecordSets ?? []).filter((set) => dotted(set.Name ?? '') === dotted(name) && set.Type === type);
    sets.push(...matching);
    const more = page.IsTruncated && dotted(page.NextRecordName ?? '') === dotted(name) && page.NextRecordType === type;
    from = more
      ? { StartRecordName: name, StartRecordType: page.NextRecordType, StartRecordIdentifier: page.NextRecordIdentifier! }
      : undefined;
  }
  return { zoneId, sets };
}

/** The one zone of a name; whoever takes the first of several may change one that nobody asks. */
function zoneOf(zone: string, wanted: string | undefined, all: readonly HostedZone[]): string {
  const ofName = all.filter(({ Name = '' }) => dotted(Name) === dotted(zone));
  const found = wanted === undefined ? ofName : ofName.filter(({ Id = '' }) => bare(Id) === bare(wanted));
  if (found.length === 1) return bare(found[0]!.Id ?? '');
  const known = ofName.map(({ Id = '', Config }) => `${bare(Id)} (${Config?.PrivateZone ? 'private' : 'public'})`).join(', ');
  if (found.length === 0)
    throw failure(
      Failure.Permanent,
      `this account has no zone ${zone}${wanted === undefined ? '' : ` of the id ${wanted}; it has: ${known || 'none'}`}`,
    );
  throw failure(
    Failure.RefusedBySafetyRule,
    `${found.length} zones are called ${zone}: ${known}; name the one that customers ask as zoneId in the environment`,
  );
}

const bare = (id: string): string => id.replace(/^\/hostedzone\//, '');

interface Page {
  ResourceRecordSets?: ResourceRecordSet[] | undefined;
  IsTruncated?: boolean | undefined;
  NextRecordName?: string | undefined;
  NextRecordType?: ResourceRecordSet['Type'];
  NextRecordIdentifier?: string | undefined;
}

/** One change batch that writes all the sets, or none; the operation id stands in its comment. */
export function upsert(zoneId: string, sets: readonly ResourceRecordSet[]): ChangeResourceRecordSetsCommand {
  return new ChangeResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    ChangeBatch: {
      Comment: `muster ${currentStep().operationId}`,
      Changes: sets.map((set) => ({ Action: 'UPSERT', ResourceRecordSet: set })),
    },
  });
}

/** Sends a change batch; answers the id to ask for its progress. */
export async function send(aws: Aws, command: ChangeResourceRecordSetsCommand): Promise<string> {
  const { ChangeInfo } = await aws.client('route53', 'global').send(command);
  return (ChangeInfo?.Id ?? '').replace(/^\/change\//, '');
}

/** Resolves when all of Route 53's servers answer with the change. */
export async function untilInSync(aws: Aws, changeId: string): Promise<void> {
  await until(
    async () => {
      const { ChangeInfo } = await aws.client('route53', 'global').send(new GetChangeCommand({ Id: changeId }));
      return ChangeInfo?.Status === 'INSYNC' ? { is: true } : { notYet: `it is ${ChangeInfo?.Status ?? 'unknown'}` };
    },
    { within: patience, what: `Route 53 to have the change ${changeId} everywhere` },
  );
}

/** Names are compared with their last dot, which people leave out. */
export const dotted = (name: string): string => (name.endsWith('.') ? name : `${name}.`).toLowerCase();
