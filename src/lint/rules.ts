import { allowUnused, allowWithoutReason } from './allow.ts';
import type { Rule } from './finding.ts';
import { forceFlags, restoreWithoutGroups } from './rules/activities.ts';
import { promotionWithoutFence, promotionWithoutLagCheck, trafficBeforePromotion } from './rules/order.ts';
import { irreversibleWithoutGate, undoMissing } from './rules/way-back.ts';
import { globalControlPlane, impairedRegion, missingLease, pageWithoutProof } from './rules/whole-page.ts';

/** Every rule of the runbook lint. */
export const rules: readonly Rule[] = [
  ...[trafficBeforePromotion, promotionWithoutFence, promotionWithoutLagCheck, irreversibleWithoutGate, undoMissing],
  ...[pageWithoutProof, restoreWithoutGroups, globalControlPlane, impairedRegion, forceFlags, missingLease],
  ...[allowWithoutReason, allowUnused],
];
