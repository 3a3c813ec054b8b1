import type { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Envelope } from '../../src/record/evidence.ts';
import { kindOf, type Kind } from '../../src/activities/kit/kinds.ts';
import { stepHeaderName, type StepHeader } from '../../src/activities/kit/step-context.ts';

/** Fakes do in a dry run what the real activities do: a change is predicted instead of made, a proof is not tried, a message is not sent. */
export function honourMode(activities: object, predict: (name: string, asked: unknown) => unknown): ActivityInterceptorsFactory {
  const kinds = new Map(Object.entries(activities).map(([name, activity]) => [name, kindOf(activity)]));
  return ({ info }: Context) => ({
    inbound: {
      execute: async (input, next) => {
        const payload = input.headers[stepHeaderName];
        const mode = payload && defaultPayloadConverter.fromPayload<StepHeader>(payload).mode;
        if (mode !== 'simulate') return next(input);
        const [name, asked] = [info.activityType, input.args[0]];
        return dryAnswers[kinds.get(name) ?? 'read'](name, asked, { run: () => next(input), predict: () => predict(name, asked) });
      },
    },
  });
}

type DryAnswer = (name: string, asked: unknown, how: { run(): Promise<unknown>; predict(): unknown }) => Promise<unknown>;

const envelope = (more: Partial<Envelope>): Envelope => ({
  ...{ musterEnvelope: 1, result: undefined, evidence: [], predicted: [], simulated: true },
  ...more,
});
const seen = (name: string): Envelope['evidence'] => [
  { at: new Date().toISOString(), tool: 'http', call: name, kind: 'read', outcome: 'ok', ok: true, ms: 1, attempt: 1 },
];

const dryAnswers: Record<Kind, DryAnswer> = {
  read: async (name, _asked, { run }) => envelope({ result: await run(), evidence: seen(name) }),
  record: async (_name, _asked, { run }) => envelope({ result: await run() }),
  proof: async () => envelope({ notTried: true }),
  change: async (name, asked, { predict }) => envelope({ result: predict(), predicted: [{ call: name, args: asked }] }),
  notify: async (name, asked) => envelope({ result: { sent: false }, predicted: [{ call: name, args: asked }] }),
};
