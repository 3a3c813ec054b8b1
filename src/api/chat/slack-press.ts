import { z } from 'zod';
import { gateButtons } from '../../words/gate-for-slack.ts';
import { ApiProblem, invalidFields } from '../errors.ts';
import { id, runId } from '../schemas.ts';

/** The form that Slack sends for whatever is pressed. */
export const pressBody = z.object({ payload: z.string().min(1).describe('What was pressed and by whom, as JSON') });

const text = z.string().max(2_000);
const payload = z.object({
  type: text,
  team: z.object({ id: text }).nullish(),
  user: z.object({ id: text, team_id: text.nullish() }),
  response_url: text.nullish(),
  actions: z.array(z.object({ action_id: text, value: text.nullish(), action_ts: text.nullish() })).nullish(),
});
/** Buttons carry no more than this, and nobody trusts it further than the run does. */
const value = z.strictObject({ run: runId, gate: id, digest: id });

export interface GateButton extends z.output<typeof value> {
  verb: 'approve' | 'decline';
  /** Tells one press from another. */
  press: string;
}

export interface Press {
  /** Slack's id of the person. */
  user: string;
  /** Workspaces that the press and the person say they are of. */
  teams: string[];
  /** Where the answer goes. */
  answerTo: string | undefined;
  /** Undefined when it is no button of a gate. */
  button: GateButton | undefined;
}

/** What was pressed, as Slack says it. Throws 400 and 422 problems. */
export function pressIn(said: string): Press {
  const { type, team, user, response_url, actions } = read(payload, said, 'the payload');
  const [action] = actions ?? [];
  const verb = (Object.keys(gateButtons) as GateButton['verb'][]).find((one) => gateButtons[one] === action?.action_id);
  const ours = type === 'block_actions' && action && verb;
  return {
    user: user.id,
    teams: [team?.id, user.team_id].filter((one) => typeof one === 'string'),
    answerTo: response_url ?? undefined,
    button: ours ? { ...read(value, action.value ?? '', 'the value of the button'), verb, press: action.action_ts ?? '' } : undefined,
  };
}

function read<T extends z.ZodType>(schema: T, json: string, what: string): z.output<T> {
  let said: unknown;
  try {
    said = JSON.parse(json);
  } catch {
    throw new ApiProblem(400, 'BrokenJson', `It cannot be read as JSON: ${what}.`);
  }
  const parsed = schema.safeParse(said);
  if (!parsed.success) throw invalidFields(parsed.error.issues, 'body');
  return parsed.data;
}
