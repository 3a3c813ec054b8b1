import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import { bearer, change, failure, jsonOf, requestGood, resolved, until } from '../kit/index.ts';

/** One fault of one exercise, by its title. */
export interface AskedFault {
  drill: string;
  fault: string;
}

type Entry = NonNullable<Environment['incidents']>['drills'][number];
type Fault = NonNullable<Entry['practice']>['faults'][number];

const patience = 60_000;
/** What breaks a whole region takes its time to answer. */
const timeoutMs = 45_000;

/** Breaks something on purpose, and ends that; what breaks it is another program, which is asked over HTTP. */
export function faultActivities(environment: Environment) {
  const turn = (on: boolean) =>
    change({
      look: async (asked: AskedFault) => {
        const fault = faultOf(environment, asked);
        const broken = await isBroken(fault);
        return { so: broken === on, found: `${fault.title}: ${broken ? 'yes' : 'no'}`, fault };
      },
      // In simulate nothing has been broken that could be ended.
      predictAnyway: !on,
      predict: (_asked, { fault }) => ({ calls: [predicted(on ? fault.begin : fault.end)], result: { broken: on } }),
      act: async (_asked, { fault }) => {
        const { url, body } = on ? fault.begin : fault.end;
        await requestGood({ method: 'POST', url: resolved(url), ...tokenOf(fault), body: body ?? {}, kind: 'change', timeoutMs });
      },
      prove: async (_asked, { fault }) => {
        await until(async () => ((await isBroken(fault)) === on ? { is: true } : { notYet: `it is ${on ? 'not ' : ''}broken` }), {
          within: patience,
          what: on ? fault.title : `that ${fault.title} is over`,
        });
        return { broken: on };
      },
    });

  return { beginFault: turn(true), endFault: turn(false) };
}

/** Throws InvalidInput when the environment has no such exercise, or the exercise no such fault. */
function faultOf({ name, incidents }: Environment, { drill, fault }: AskedFault): Fault {
  const entry = incidents?.drills.find((one) => one.name === drill);
  const found = entry?.practice?.faults.find(({ title }) => title === fault);
  if (found) return found;
  throw failure(Failure.InvalidInput, `the exercise ${drill} of ${name} breaks no "${fault}"`);
}

/** Throws when it cannot be read: what may be broken is not called well. */
async function isBroken(fault: Fault): Promise<boolean> {
  const { url, at, has } = fault.state;
  const answer = jsonOf(await requestGood({ url: resolved(url), ...tokenOf(fault), kind: 'read' }));
  const steps = at.split('/').slice(1);
  const found = steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | null | undefined)?.[step], answer);
  if (found === undefined) throw failure(Failure.Permanent, `${resolved(url)} does not say whether ${fault.title}: it has no ${at}`);
  return isDeepStrictEqual(found, has) || (Array.isArray(found) && found.some((one) => isDeepStrictEqual(one, has)));
}

const tokenOf = ({ token }: Fault) => (token === undefined ? {} : { headers: bearer(token) });
const predicted = ({ url, body }: Fault['begin']) => ({ call: `POST ${resolved(url)}`, args: body ?? {} });
