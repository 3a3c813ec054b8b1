import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'api-error-rate-high',
  title: 'Too many requests fail',
  when: 'The service answers, and too many of its answers are errors.',
  symptoms: ['error rate over 5 or 10 % for five minutes', 'customers complain'],
  source: 'iot-anomaly, "2. High API Error Rate"; ml-platform, "High (P1)"',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  asks: ['roll the release back?', 'put a rate limit in force?', 'restart it once?', 'run more copies?', 'hand over to a failover?'],
  undoes: 'the number of copies; the rate limit ends by itself',
} as const satisfies AboutScenario;
