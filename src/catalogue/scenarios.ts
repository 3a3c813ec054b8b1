import { databaseScenarios } from './database-scenarios.ts';
import type { RunbookEntry } from './entry.ts';
import { dataScenarios } from './data-scenarios.ts';
import { nodeScenario } from './node-scenario.ts';
import { everyPlatform, onService, platformsWithCopies } from './scenario-plan.ts';

/** Runbooks that are named by what is seen. */
export const scenarioRunbooks: readonly RunbookEntry[] = [
  onService(
    {
      name: 'service-down',
      workflow: 'serviceDown',
      title: 'A service is down',
      when: 'Nobody can use the service, and nobody knows yet why.',
      symptoms: ['health checks fail or time out', 'every request answers 5xx', 'the load balancer has no healthy target'],
      source:
        'iot-anomaly, "1. System Completely Down"; pynomaly-aws, "System Down"; observer-coordinator, "For Application Downtime"; ml-platform, "Critical (P0)"',
    },
    everyPlatform,
  ),
  onService(
    {
      name: 'pods-crash-looping',
      workflow: 'podsCrashLooping',
      title: 'Pods crash again and again',
      when: 'Pods are in CrashLoopBackOff, or their image cannot be pulled.',
      symptoms: ['CrashLoopBackOff', 'ImagePullBackOff', 'restarts of containers rise'],
      source: 'pynomaly-kubernetes, "Scenario 1: Application Pods Crashing"',
    },
    ['kubernetes'],
  ),
  ...databaseScenarios,
  onService(
    {
      name: 'memory-exhausted',
      workflow: 'memoryExhausted',
      title: 'A service runs out of memory',
      when: 'Copies are killed for their memory, or use nearly all that they may.',
      symptoms: ['OOMKilled, exit code 137', 'memory of a copy near its limit', 'slow answers before a restart'],
      source:
        'pynomaly-kubernetes, "Scenario 3: High Memory Usage"; iot-anomaly, "5. Memory/Resource Exhaustion"; observer-coordinator, "High Memory Usage"',
    },
    platformsWithCopies,
  ),
  onService(
    {
      name: 'disk-full',
      workflow: 'diskFull',
      title: 'A disk is full',
      when: 'Writes fail with "no space left on device", or a disk is nearly full.',
      symptoms: ['no space left on device', 'a file system over 90 %'],
      source: 'pynomaly-aws, "Scenario 3: Disk Space Issues"; iot-anomaly, "5. Memory/Resource Exhaustion"',
    },
    ['systemd', 'compose'],
  ),
  onService(
    {
      name: 'network-unreachable',
      workflow: 'networkUnreachable',
      title: 'A service cannot be reached over the network',
      when: 'Some reach it and others do not, or names are not found.',
      symptoms: ['intermittent timeouts', 'names are not resolved', 'one vantage point sees what another does not'],
      source: 'pynomaly-kubernetes, "Scenario 4: Network Connectivity Issues"; pynomaly-aws, "Scenario 4: Network Connectivity"',
    },
    everyPlatform,
  ),
  onService(
    {
      name: 'application-crashed',
      workflow: 'applicationCrashed',
      title: 'An application has crashed',
      when: 'The process has ended by itself, or was killed.',
      symptoms: ['the unit is failed', 'killed process in the kernel log', 'exceptions at the end of the log'],
      source: 'pynomaly-aws, "Scenario 1: Application Crash"',
    },
    ['systemd', 'compose'],
  ),
  onService(
    {
      name: 'application-wont-start',
      workflow: 'applicationWontStart',
      title: 'An application does not start',
      when: 'It was started, and ends or never becomes ready.',
      symptoms: ['the unit or container ends at its start', 'address already in use', 'permission denied', 'its database refuses it'],
      source: 'observer-coordinator, "Application Won\'t Start"',
    },
    platformsWithCopies,
  ),
  onService(
    {
      name: 'api-error-rate-high',
      workflow: 'apiErrorRateHigh',
      title: 'Too many requests fail',
      when: 'The service answers, and too many of its answers are errors.',
      symptoms: ['error rate over 5 or 10 % for five minutes', 'customers complain'],
      source: 'iot-anomaly, "2. High API Error Rate"; ml-platform, "High (P1)"',
    },
    everyPlatform,
  ),
  onService(
    {
      name: 'performance-degraded',
      workflow: 'performanceDegraded',
      title: 'A service is slow',
      when: 'Answers are right and take too long.',
      symptoms: ['latency twice as high as usual', 'processors or memory are full'],
      source: 'observer-coordinator, "For Performance Issues"; ml-platform, "High (P1)"; pynomaly-kubernetes, "Performance Metrics"',
    },
    everyPlatform,
  ),
  onService(
    {
      name: 'load-balancer-unhealthy',
      workflow: 'loadBalancerUnhealthy',
      title: 'A load balancer finds no healthy instance',
      when: 'Instances run, and the load balancer sends them nothing.',
      symptoms: ['targets are unhealthy or missing', '502 and 503 from the load balancer'],
      source: 'pynomaly-aws, "Load Balancer Issues" and "Auto Scaling Response"',
    },
    ['autoscaling'],
  ),
  nodeScenario,
  ...dataScenarios,
  onService(
    {
      name: 'traffic-overload',
      workflow: 'trafficOverload',
      title: 'A service is overloaded',
      when: 'More comes in than it can answer, whoever sends it.',
      symptoms: ['requests far above the usual', 'queues grow', 'every copy is busy'],
      source: 'pynomaly-kubernetes, "Traffic Management" and "Gradual Traffic Restoration"',
    },
    ['kubernetes', 'compose', 'autoscaling'],
  ),
];
