export { mustBeAllowed } from './allowed-file.ts';
export { type Finding, change } from './change.ts';
export { CommandFailed, HttpAnswer, asFailure, isUnreachable, sentenceOf, verdictOf } from './classify-failure.ts';
export type { Envelope, EvidenceEntry, PredictedCall } from '../../record/evidence.ts';
export { failure, short } from './fail.ts';
export { type ExpectedBody, unlike, valueAt } from './expectation.ts';
export { type HealthSeen, type ServiceAnywhere, askHealth, baseOf, healthUrl, seeHealth } from './health.ts';
export { type HttpRequest, type HttpResult, askedSince, bearer, fetchUrl, jsonOf, request, requestGood } from './http.ts';
export { activityInterceptors } from './interceptor.ts';
export { type Classified, type Kind, classify, kindOf, notify, proof, read, record } from './kinds.ts';
export { join } from './join.ts';
export { named, needed, resolved, resolvedSecret, under } from './lookup.ts';
export { type Observation, observe } from './observe.ts';
export { type Call, finding, observed } from './observed.ts';
export { keepArgs } from './keep.ts';
export type { Pace } from './pace.ts';
export { type Patience, type Seen, pauseFor, throwIfCancelled, until } from './poll.ts';
export { type ProgramVersion, programVersion } from './programs.ts';
export { type ToldObservation, takeReadings } from './readings.ts';
export { redact, redactText, rememberSecret } from './redact.ts';
export { type Pinned, type Release, type Rollout, type Running, identityOf, isSameRelease, othersThan, splitImage } from './releases.ts';
export { type NoReading, noReadingOf, readOrRefusal } from './refusal.ts';
export { type Argument, type Command, type CommandResult, runCommand, surroundings } from './run-command.ts';
export {
  type ComposePlace,
  type DeploymentPlace,
  type HostPlace,
  composeOf,
  deploymentOf,
  groupsOf,
  hostOf,
  inRegion,
} from './service-places.ts';
export { type StepHeader, activityContext, currentStep, heartbeat, runInStep, stepHeaderName } from './step-context.ts';
