import type { Environment } from '../../config/environment.ts';
import type { Aws } from '../aws/index.ts';
import { join } from '../kit/index.ts';
import { httpProbeActivities } from './http-probe.ts';
import { validationActivities } from './validation.ts';
import { proofActivities } from './proofs.ts';
import { networkActivities } from './network.ts';
import { modelActivities } from './models.ts';
import { pipelineActivities } from './pipelines.ts';
import { mitigationActivities } from './mitigations.ts';
import { certificateActivities } from './certificates.ts';
import { deliveryActivities } from './delivery.ts';

export type { CertificateSeen } from './certificates.ts';
export { deliverySwitch } from './delivery.ts';
export { type Holder, holderOf, pausedRegions } from './held-deliveries.ts';
export type { Observation } from './http-probe.ts';
export type { Former, MitigationKind } from './mitigations.ts';
export type { ArtefactSeen, GoldenAnswer, ModelState, ModelVersion } from './models.ts';
export type { Proven, Tried } from './proofs.ts';
export type { Way } from './network.ts';
export type { Batch, PipelineState } from './pipelines.ts';
export { mitigationActivities };

/** Every activity of this room. */
export const serviceRoom = (environment: Environment, aws: Aws) =>
  join(
    httpProbeActivities(environment),
    proofActivities(environment),
    validationActivities(environment),
    networkActivities(environment, aws),
    modelActivities(environment),
    pipelineActivities(environment),
    mitigationActivities(environment, aws),
    deliveryActivities(environment),
    certificateActivities(environment),
  );

export type HttpProbeTools = ReturnType<typeof httpProbeActivities>;
export type ProofTools = ReturnType<typeof proofActivities>;
export type ValidationTools = ReturnType<typeof validationActivities>;
export type NetworkTools = ReturnType<typeof networkActivities>;
export type ModelTools = ReturnType<typeof modelActivities>;
export type PipelineTools = ReturnType<typeof pipelineActivities>;
export type MitigationTools = ReturnType<typeof mitigationActivities>;
export type CertificateTools = ReturnType<typeof certificateActivities>;
export type DeliveryTools = ReturnType<typeof deliveryActivities>;
