import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'data-pipeline-stalled',
  title: 'No new data comes through',
  when: 'The newest data is old, or batches fail their validation.',
  symptoms: ['no new data is processed', 'data fails its validation', 'files are missing or corrupted'],
  source: 'iot-anomaly, "6. Data Pipeline Failures"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  needs: 'pipeline',
  asks: ['set bad batches aside?', 'start the writer?', 'restart it once?', 'hand over to a failover?', 'put the batches through again?'],
  undoes: 'the writer, and what was set aside',
} as const satisfies AboutScenario;
