import { z } from 'zod';
import type { Environment } from '../config/environment.ts';
import { Failure } from '../workflows/failures.ts';
import { HttpAnswer } from './support/classify-failure.ts';
import { deliver } from './support/deliver.ts';
import { failure, short } from './support/fail.ts';
import { jsonOf, type HttpResult } from './support/http.ts';
import { notify } from './support/kinds.ts';
import { resolved, resolvedSecret, under } from './support/lookup.ts';
import { redactText } from './support/redact.ts';
import { currentStep } from './support/step-context.ts';

const longestText = 3_000;
const answerSchema = z.object({ ok: z.boolean(), error: z.string().optional() });

/** Slack's Web API; `url` is its base, e.g. https://slack.com/api. */
export function slackActivities({ notify: { slack } }: Environment) {
  return {
    /** Posts to the environment's channel. Slack cannot tell repeats apart, so one that may be a repeat says so. */
    notifySlack: notify(async ({ text }: { text: string }) => {
      if (!slack) throw failure(Failure.InvalidInput, 'this environment has no Slack');
      const message = (said: string) => ({
        channel: slack.channel,
        text: short(redactText(said), longestText),
        client_msg_id: currentStep().operationId,
      });
      await deliver({
        method: 'POST',
        url: under(resolved(slack.url), '/chat.postMessage'),
        headers: { authorization: `Bearer ${resolvedSecret(slack.token)}` },
        body: message(text),
        repeated: message(`(may be a repeat) ${text}`),
        check: refuseError,
      });
    }),
  };
}

/** Slack answers 200 to what it refuses. */
function refuseError(answer: HttpResult): void {
  const parsed = answerSchema.safeParse(jsonOf(answer));
  if (!parsed.success) throw new HttpAnswer('the answer is not one of Slack', answer.status);
  const { ok, error } = parsed.data;
  if (!ok) throw new HttpAnswer(`Slack refused the message: ${error ?? 'no reason given'}`, error === 'ratelimited' ? 429 : 400);
}
