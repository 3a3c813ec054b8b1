import type { Estate } from '../estate.ts';
import { Refusal } from './answers.ts';
import type { Handlers } from './call.ts';
import { settleMs, type Instances } from './instances.ts';
import type { Moto } from './moto.ts';
import { elementText, mapElements, setElement } from './xml.ts';

/** Snapshots take a while, and so does their instance: `creating` beside `backing-up`, then `available`. */
export function snapshotHandlers(moto: Moto, estate: Estate, instances: Instances): Handlers {
  const startedAt = new Map<string, number>();
  const dress = (body: string) =>
    mapElements(body, 'DBSnapshot', (xml) => {
      const percent = progress(startedAt.get(elementText(xml, 'DBSnapshotArn') ?? ''));
      return setElement(setElement(xml, 'PercentProgress', String(percent)), 'Status', percent < 100 ? 'creating' : 'available');
    });

  return {
    'rds:DescribeDBSnapshots': async (call) => {
      const answer = await moto.forward(call);
      return { ...answer, body: dress(answer.body) };
    },
    'rds:CreateDBSnapshot': async (call) => {
      const instance = instances.available(call.form.get('DBInstanceIdentifier') ?? '', call.place);
      if (!estate.database(instance.name)?.running) {
        throw new Refusal('InvalidDBInstanceState', `Database instance ${instance.name} does not run: no snapshot can be taken.`);
      }
      const answer = await moto.forward(call);
      if (answer.status !== 200) return answer;
      startedAt.set(elementText(answer.body, 'DBSnapshotArn') ?? '', Date.now());
      instances.work(instance, 'backing-up');
      return { ...answer, body: dress(answer.body) };
    },
  };
}

function progress(startedAt: number | undefined): number {
  if (startedAt === undefined) return 100;
  return Math.min(100, Math.floor(((Date.now() - startedAt) / settleMs) * 100));
}
