import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'model-inference-failing',
  title: 'Predictions fail',
  when: 'Predictions answer errors or nonsense, or the model cannot be loaded.',
  symptoms: ['prediction endpoints return errors', 'reconstruction errors are high', 'the model does not load'],
  source: 'iot-anomaly, "3. Model Inference Failures"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  needs: 'model',
  asks: ['give it more memory?', 'restart it once?', 'predict with the last good model?', 'hand over to a failover?'],
  undoes: 'memory limits and the model',
} as const satisfies AboutScenario;
