import { InputProblem, type RunbookEntry } from './entry.ts';
import { everyPlatform, onService, type ToldScenario } from './scenario-plan.ts';

/** A runbook on a part of a service that the environment must describe, with a lease of its own. */
const onPart = (part: 'model' | 'pipeline', told: ToldScenario): RunbookEntry =>
  onService(told, everyPlatform, ({ services }, plan) => {
    if (services[plan.service]?.[part] === undefined)
      throw new InputProblem([{ pointer: '/service', detail: `the environment does not describe the ${part} of ${plan.service}` }]);
    return { ...plan, leases: [...plan.leases, `${part}/${plan.service}/${plan.region}`] };
  });

/** Runbooks on what a service predicts with, and on what brings its data in. */
export const dataScenarios: readonly RunbookEntry[] = [
  onPart('model', {
    name: 'model-inference-failing',
    workflow: 'modelInferenceFailing',
    title: 'Predictions fail',
    when: 'Predictions answer errors or nonsense, or the model cannot be loaded.',
    symptoms: ['prediction endpoints return errors', 'reconstruction errors are high', 'the model does not load'],
    source: 'iot-anomaly, "3. Model Inference Failures"',
  }),
  onPart('pipeline', {
    name: 'data-pipeline-stalled',
    workflow: 'dataPipelineStalled',
    title: 'No new data comes through',
    when: 'The newest data is old, or batches fail their validation.',
    symptoms: ['no new data is processed', 'data fails its validation', 'files are missing or corrupted'],
    source: 'iot-anomaly, "6. Data Pipeline Failures"',
  }),
];
