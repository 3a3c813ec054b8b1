import { randomBytes } from 'node:crypto';
import { ListResourceRecordSetsCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { escapeXml, Refusal, restXmlAnswer, type Answer } from './answers.ts';
import type { Handlers } from './call.ts';
import type { Moto } from './moto.ts';
import { elements, elementText } from './xml.ts';

/** Until a change has reached all name servers. */
const inSyncAfterMs = 500;

interface Change {
  id: string;
  submittedAt: Date;
  comment: string | undefined;
}

interface Wish {
  action: string;
  record: ResourceRecordSet;
}

/** Changes of records: batches are checked as a whole, have an id of their own and are PENDING for a while. */
export function route53Handlers(moto: Moto): Handlers {
  const changes = new Map<string, Change>();
  return {
    'route53:ChangeResourceRecordSets': async (call) => {
      const zoneId = /\/hostedzone\/([^/]+)\//.exec(call.path)![1]!;
      const problems = contradictions(await recordsOf(moto, zoneId), elements(call.body, 'Change').map(readWish));
      if (problems.length > 0) throw new Refusal('InvalidChangeBatch', `[${problems.join(', ')}]`);
      // moto would refuse to create again what was deleted before; whether a CREATE may be is settled here.
      const accepted = { ...call, body: call.body.replaceAll('<Action>CREATE</Action>', '<Action>UPSERT</Action>') };
      const answer = await moto.forward(accepted);
      if (answer.status !== 200) return answer;
      const change = { id: newId(), submittedAt: new Date(), comment: elementText(call.body, 'Comment') };
      changes.set(change.id, change);
      return changeAnswer('ChangeResourceRecordSetsResponse', change);
    },
    'route53:GetChange': async (call) => {
      const id = decodeURIComponent(/\/change\/([^/?]+)/.exec(call.path)![1]!);
      const change = changes.get(id);
      if (!change) throw new Refusal('NoSuchChange', `Could not find resource with ID: ${id}`, 404);
      return changeAnswer('GetChangeResponse', change);
    },
  };
}

/** The record sets of a zone, read past the gateway; refuses when there is no such zone. The practice zone fits on one page. */
export async function recordsOf(moto: Moto, zoneId: string): Promise<ResourceRecordSet[]> {
  try {
    const found = await moto.route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, MaxItems: 300 }));
    return found.ResourceRecordSets!;
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchHostedZone') throw new Refusal(error.name, error.message, 404);
    throw error;
  }
}

/** What Route 53 would say against a batch, applied in order; nothing of it happens when there is anything. */
function contradictions(current: readonly ResourceRecordSet[], wishes: readonly Wish[]): string[] {
  let records = [...current];
  return wishes.flatMap(({ action, record }): string[] => {
    const there = records.find((other) => sameSet(other, record));
    if (action === 'CREATE' && there) return [`Tried to create resource record set ${describe(record)} but it already exists`];
    if (action === 'DELETE' && !there) return [`Tried to delete resource record set ${describe(record)} but it was not found`];
    if (action === 'DELETE' && fingerprint(there!) !== fingerprint(record)) {
      return [`Tried to delete resource record set ${describe(record)} but the values provided do not match the current values`];
    }
    records = records.filter((other) => other !== there);
    if (action === 'DELETE') return [];
    if (records.some((other) => sameName(other, record) && (other.SetIdentifier === undefined) !== (record.SetIdentifier === undefined))) {
      const rest = 'cannot be created as other RRSets exist with the same name and type.';
      return [`RRSet with DNS name ${record.Name}, type ${record.Type}, SetIdentifier ${record.SetIdentifier ?? 'null'} ${rest}`];
    }
    records.push(record);
    return [];
  });
}

function readWish(xml: string): Wish {
  const number = (name: string) => (elementText(xml, name) === undefined ? undefined : Number(elementText(xml, name)));
  const record: ResourceRecordSet = {
    Name: absolute(elementText(xml, 'Name') ?? ''),
    Type: elementText(xml, 'Type') as ResourceRecordSet['Type'],
    SetIdentifier: elementText(xml, 'SetIdentifier'),
    Weight: number('Weight'),
    TTL: number('TTL'),
    ResourceRecords: elements(xml, 'ResourceRecord').map((inner) => ({ Value: elementText(inner, 'Value') ?? '' })),
  };
  return { action: elementText(xml, 'Action') ?? '', record };
}

function fingerprint({ Weight, TTL, ResourceRecords = [] }: ResourceRecordSet): string {
  return JSON.stringify([Weight ?? null, TTL ?? null, ResourceRecords.map(({ Value }) => Value).sort()]);
}

function sameName(one: ResourceRecordSet, other: ResourceRecordSet): boolean {
  return absolute(one.Name!) === absolute(other.Name!) && one.Type === other.Type;
}

function sameSet(one: ResourceRecordSet, other: ResourceRecordSet): boolean {
  return sameName(one, other) && one.SetIdentifier === other.SetIdentifier;
}

function describe({ Name, Type, SetIdentifier }: ResourceRecordSet): string {
  return `[name='${Name}', type='${Type}'${SetIdentifier === undefined ? '' : `, set identifier='${SetIdentifier}'`}]`;
}

function absolute(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

function newId(): string {
  return `C${randomBytes(10).toString('hex').toUpperCase()}`;
}

function changeAnswer(root: string, { id, submittedAt, comment }: Change): Answer {
  const status = Date.now() - submittedAt.getTime() < inSyncAfterMs ? 'PENDING' : 'INSYNC';
  const said = comment === undefined ? '' : `<Comment>${escapeXml(comment)}</Comment>`;
  const info = `<Id>/change/${id}</Id><Status>${status}</Status><SubmittedAt>${submittedAt.toISOString()}</SubmittedAt>${said}`;
  return restXmlAnswer(root, `<ChangeInfo>${info}</ChangeInfo>`);
}
