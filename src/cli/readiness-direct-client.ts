import { loadEnvironment } from '../config/environment.ts';
import { connectTemporal, resolveTemporal } from '../config/temporal.ts';
import { createReadiness } from '../readiness/readiness.ts';
import type { ReadinessView } from '../workflows/readiness/view.ts';
import type { DirectOptions } from './direct-client.ts';
import { mayRespond, speaker, told } from './speaker.ts';
import type { ReadinessClient } from './readiness-api-client.ts';

/** Reaches readiness straight through Temporal, for the time when the API is down. Throws when Temporal does not answer either. */
export async function createReadinessDirectClient({ env, environmentFile, subject }: DirectOptions): Promise<ReadinessClient> {
  const environment = await loadEnvironment(environmentFile);
  const temporal = await connectTemporal(resolveTemporal(env));
  const readiness = createReadiness({ client: temporal.client, environment });
  return {
    through: `Temporal at ${temporal.address}`,
    view: (): Promise<ReadinessView> => told(() => readiness.view()),
    evaluate: () => {
      const by = speaker(environment, subject);
      mayRespond(environment, by);
      return told(() => readiness.evaluate(by));
    },
    close: () => temporal.close(),
  };
}
