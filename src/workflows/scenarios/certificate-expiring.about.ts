import type { AboutScenario } from '../about.ts';

export const about = {
  name: 'certificate-expiring',
  title: 'A certificate ends soon, or is not taken',
  when: 'The certificate that a service presents ends soon, has ended, or clients do not take it.',
  symptoms: ['certificate has expired', 'unable to verify the first certificate', 'a warning that a certificate ends within days'],
  source: 'no runbook has it; see docs/where-we-differ.md',
  input: 'service',
  platforms: ['kubernetes', 'compose', 'systemd', 'autoscaling'],
  needs: 'certificate',
  asks: ['renew the certificate?', 'hand over to a failover?'],
  undoes: 'nothing: whoever renews keeps the former certificate',
} as const satisfies AboutScenario;
