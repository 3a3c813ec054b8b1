import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { ServiceRegion } from '../aws/index.ts';
import { change, failure, named, read, until } from '../kit/index.ts';
import type { DeliveryState, DeliverySwitch } from './delivery-switch.ts';
import { gitOpsSwitch } from './gitops-switch.ts';
import { httpSwitch } from './delivery-http.ts';

const patience = 30_000;

/** What brings releases out (GitOps or a pipeline), and its switch: it would undo a rollback within minutes. */
export function deliveryActivities(environment: Environment) {
  const switchOf = (where: ServiceRegion) => deliverySwitch(environment, where);
  const turn = (paused: boolean) => {
    const words = paused ? 'paused' : 'on';
    return change({
      look: async (where: ServiceRegion) => {
        const held = switchOf(where);
        const state = await held.read();
        return { so: state.paused === paused, found: `${held.name} is ${state.paused ? 'paused' : 'on'}`, held };
      },
      predictAnyway: !paused,
      predict: (_where, { held }) => ({ calls: [held.predict(paused)], result: { paused } }),
      act: (_where, { held }) => held.set(paused),
      prove: (_where, { held }) =>
        until(async () => ((await held.read()).paused === paused ? { is: { paused } } : { notYet: `it is ${paused ? 'on' : 'paused'}` }), {
          within: patience,
          what: `${held.name} to be ${words}`,
        }),
    });
  };

  return {
    readDelivery: read((where: ServiceRegion): Promise<DeliveryState> => switchOf(where).read()),
    pauseDelivery: turn(true),
    resumeDelivery: turn(false),
  };
}

/** The switch of a service's delivery to a region. Throws InvalidInput when the environment does not say what brings its releases out. */
export function deliverySwitch(environment: Environment, { service, region }: ServiceRegion): DeliverySwitch {
  const { delivery, regions } = named(environment.services, service, 'service');
  named(regions, region, `region of ${service}`);
  if (!delivery) throw failure(Failure.InvalidInput, `the environment does not say what brings releases of ${service} out`);
  return delivery.by === 'http' ? httpSwitch(delivery, region) : gitOpsSwitch(delivery, region);
}
