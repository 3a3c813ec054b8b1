import { Agent } from 'node:http';
import type { GreyWay } from '../contract.ts';
import type { InstanceState } from '../estate.ts';
import { forward, refuse } from '../net/forward.ts';
import { behindGrey } from '../net/grey.ts';
import { createListener, type Listener } from '../net/listener.ts';

/** A region's load balancer: passes requests on, in turn, to instances that are ready; `grey` is how the region ails. */
export async function createLoadBalancer(
  instances: () => InstanceState[],
  grey: () => GreyWay | undefined = () => undefined,
): Promise<Listener> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const listener = await createListener(
    behindGrey(grey, (request, response) => {
      // Plain health asks whether an instance is up at all, also one whose database takes no writes.
      const upIsEnough = request.url === '/health';
      const able = instances().filter(({ state, ready, unlisted }) => !unlisted && (ready || (upIsEnough && state === 'inService')));
      const chosen = able[(turn += 1) % able.length];
      if (chosen) forward(request, response, chosen.port, agent);
      else refuse(response, 503, 'no instance is ready');
    }),
  );
  return {
    ...listener,
    close: async () => {
      await listener.close();
      agent.destroy();
    },
  };
}
