import { z } from 'zod';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { DeliverySwitch } from './delivery-switch.ts';
import { bearer, failure, inRegion, jsonOf, requestGood, resolved } from '../kit/index.ts';

type Delivery = NonNullable<Environment['services'][string]['delivery']>;

const state = z.object({ paused: z.boolean(), wanted: z.string().nullable().default(null) });

/** A pipeline's own switch over HTTP: GET and PUT { paused }. */
export function httpSwitch({ url, token }: Extract<Delivery, { by: 'http' }>, region: string): DeliverySwitch {
  const at = inRegion(resolved(url), region);
  return {
    name: `the delivery to ${region}`,
    read: async () => {
      const parsed = state.safeParse(jsonOf(await requestGood({ url: at, headers: bearer(token), kind: 'read' })));
      if (parsed.success) return parsed.data;
      throw failure(Failure.Permanent, `${at} does not say whether it is paused: ${z.prettifyError(parsed.error)}`);
    },
    predict: (paused) => ({ call: `PUT ${at}`, args: { paused } }),
    set: async (paused) => {
      await requestGood({ method: 'PUT', url: at, headers: bearer(token), body: { paused }, kind: 'change' });
    },
  };
}
