import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ReadinessView } from './view.ts';
import type { WatchList } from './watch-list.ts';

/** A process has started with this list: the plans are looked at when it differs from the one that is known. */
export const announceSignal = defineSignal<[WatchList]>('announce');
/** Somebody wants the plans looked at now. */
export const evaluateSignal = defineSignal<[{ because: string }]>('evaluate');
export const readinessQuery = defineQuery<ReadinessView>('readiness');

/** Id of the one workflow that keeps an environment's readiness. */
export const readinessId = (environment: string): string => `readiness/${environment}`;
