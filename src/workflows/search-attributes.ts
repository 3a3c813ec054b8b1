import { defineSearchAttributeKey } from '@temporalio/common';
import type { Mode } from './view.ts';

/** What runs can be searched by. All are optional: a namespace that lacks one never holds up a failover. */
export const searchAttributes = {
  runbook: defineSearchAttributeKey('MusterRunbook', 'KEYWORD'),
  environment: defineSearchAttributeKey('MusterEnvironment', 'KEYWORD'),
  mode: defineSearchAttributeKey('MusterMode', 'KEYWORD'),
  state: defineSearchAttributeKey('MusterState', 'KEYWORD'),
  severity: defineSearchAttributeKey('MusterSeverity', 'KEYWORD'),
  incident: defineSearchAttributeKey('MusterIncident', 'KEYWORD'),
};

export const searchAttributeNames: string[] = Object.values(searchAttributes).map((key) => key.name);

/** The mode of a run by what its memo says of it; runs from before said nothing when they were live. */
export const modeOf = (said: unknown): Mode => (said === 'simulate' || said === 'tape' ? said : 'live');
