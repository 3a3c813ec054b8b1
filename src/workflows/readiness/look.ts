import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { checksOf, type Check, type Proofs } from './checks-of.ts';
import { findingsOf, type Finding } from './finding.ts';
import { scoreOf } from './score.ts';
import { watching } from '../tools.ts';
import type { PlanReadiness, PlanState, Practice, StandingFinding } from './view.ts';
import type { WatchedPlan, WatchList } from './watch-list.ts';

const worstFirst: readonly Finding['state'][] = ['failed', 'unknown', 'warning', 'ok'];

/** Looks at every plan of the list; what was seen so at the last look keeps the time since when. */
export async function lookAt(list: WatchList, before: readonly PlanReadiness[]): Promise<PlanReadiness[]> {
  const runbooks = [...new Set(list.plans.map(({ runbook }) => runbook as string))].sort();
  const none: Record<string, Practice | null> = {};
  // Without an answer nobody knows of a practice, so that none counts.
  const practices = watching.lastPractices({ runbooks }).catch(() => none);
  const proofs: Proofs = new Map();
  const seen = await Promise.all(list.plans.map(async (watched) => ({ watched, ...(await lookAtPlan(watched, list, proofs)) })));
  const last = await practices;
  const now = Date.now();
  return seen.map(({ watched, findings, notNow }) => {
    const { name, runbook, title, input, code } = watched;
    const practice = last[runbook] ?? null;
    const former = before.find((plan) => plan.name === name);
    const state = notNow === undefined ? stateOf(findings) : 'notNow';
    const at = new Date(now).toISOString();
    return {
      ...{ name, runbook, title, input, state, practice },
      since: former?.state === state ? former.since : at,
      ...(notNow === undefined ? {} : { notNow }),
      score: notNow === undefined ? scoreOf({ findings, practice, code, drillAgeMs: list.times.drillAgeMs, now }) : null,
      findings: findings.map((finding) => ({ ...finding, since: sinceOf(finding, former?.findings ?? [], at) })),
    };
  });
}

async function lookAtPlan(watched: WatchedPlan, list: WatchList, proofs: Proofs): Promise<{ findings: Finding[]; notNow?: string }> {
  const { plan, problem = 'nothing' } = watched;
  if (plan === null) {
    const seen = { resource: watched.name, needed: 'an input that fits the environment', have: problem };
    return { findings: [findingsOf('plan').must(false, seen)] };
  }
  const { checks, notNow } = checksOf(watched, list, proofs);
  const why = await notNow?.().catch(() => undefined);
  if (why !== undefined) return { findings: [], notNow: why };
  const findings = (await Promise.all(checks.map(answerOf))).flat();
  return { findings: findings.sort((a, b) => worstFirst.indexOf(a.state) - worstFirst.indexOf(b.state)) };
}

/** A check that fails is a finding too: nobody knows. */
async function answerOf([name, resource, look]: Check): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [findingsOf(name).unknown({ resource, needed: 'an answer', have: reasonOf(error) })];
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ActivityFailure) return `${error.activityType}: ${error.cause?.message ?? error.message}`;
  if (error instanceof ApplicationFailure || error instanceof Error) return error.message;
  return String(error);
}

function stateOf(findings: readonly Finding[]): PlanState {
  if (findings.some(({ state }) => state === 'failed' || state === 'unknown')) return 'notReady';
  return findings.some(({ state }) => state === 'warning') ? 'warnings' : 'ready';
}

function sinceOf({ check, resource, state }: Finding, before: readonly StandingFinding[], at: string): string {
  const same = before.find((finding) => finding.check === check && finding.resource === resource && finding.state === state);
  return same?.since ?? at;
}
