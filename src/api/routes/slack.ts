import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { resolveReference, type Environment } from '../../config/environment.ts';
import type { Runs } from '../../runs/runs.ts';
import { readSecret } from '../chat/read-secret.ts';
import { slackSignature } from '../chat/signatures.ts';
import { createSlackAnswers, type SlackAnswers } from '../chat/slack-answers.ts';
import { decide, type Pressed } from '../chat/slack-decision.ts';
import { pressBody, pressIn, type Press } from '../chat/slack-press.ts';
import { ApiProblem } from '../errors.ts';
import { route, type Route } from '../route.ts';

/** Slack waits for three seconds; what takes longer is answered when it is done. */
const answerWithinMs = 2_000;
const answer = z.object({ response_type: z.literal('ephemeral'), text: z.string() });

export interface SlackOptions {
  environment: Environment;
  runs: Pick<Runs, 'command' | 'view'>;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  env?: NodeJS.ProcessEnv | undefined;
}

/** What people press in Slack. Throws when the signing secret is not there. */
export function slackRoutes({ environment, runs, log, env }: SlackOptions): Route[] {
  const decisions = environment.notify.slack?.decisions;
  if (!decisions) return [];
  const { team, signingSecret } = decisions;
  const answers = createSlackAnswers(resolveReference(decisions.answers, env));
  const done = async ({ user, answerTo, button }: Press): Promise<string | undefined> => {
    const pressed = await decide({ environment, runs }, user, button!).catch((err: unknown): Pressed => {
      log.error({ err }, 'A press in Slack failed');
      return { by: undefined, answer: 'Nothing is known of what became of it: look at the run, and decide there.' };
    });
    log.info({ user, ...button, by: pressed.by, answer: pressed.answer ?? 'decided' }, 'Somebody decided in Slack');
    return reply(answers, answerTo, pressed, log);
  };
  return [
    route(
      {
        method: 'post',
        path: '/api/slack/actions',
        permission: 'signed',
        signature: slackSignature(readSecret(signingSecret, 'notify.slack.decisions.signingSecret', env)),
        form: true,
        pace: 'unlimited',
        summary: 'Take what people press in Slack: its interactivity',
        body: pressBody,
        responses: {
          200: { description: 'Taken; what became of it is said in Slack, or here when Slack gave no address for that', schema: answer },
          400: { description: 'The payload is no JSON' },
          403: { description: 'It comes from another workspace' },
        },
      },
      async ({ body: { payload } }) => {
        const press = pressIn(payload);
        if (team !== undefined && (press.teams.length === 0 || press.teams.some((one) => one !== team)))
          throw new ApiProblem(403, 'NotEntitled', `People of ${team} decide here, and this comes from another workspace.`);
        if (!press.button) return { status: 200 };
        const unsent = await Promise.race([done(press), delay(answerWithinMs, undefined, { ref: false })]);
        return { status: 200, ...(unsent === undefined ? {} : { body: { response_type: 'ephemeral', text: unsent } }) };
      },
    ),
  ];
}

/** Says in Slack what became of it; answers the sentence when it cannot go there. */
async function reply(
  answers: SlackAnswers,
  address: string | undefined,
  { message, answer: said }: Pressed,
  log: Pick<Logger, 'warn'>,
): Promise<string | undefined> {
  if (!answers.may(address)) return said ?? message?.text;
  try {
    if (message) await answers.rewrite(address, message);
    if (said !== undefined) await answers.say(address, said);
    return undefined;
  } catch (err) {
    log.warn({ err }, 'Slack does not take what became of a press');
    return said ?? message?.text;
  }
}
