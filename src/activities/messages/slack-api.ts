import { z } from 'zod';
import { HttpAnswer, type HttpResult, jsonOf, under } from '../kit/index.ts';
import { answered, ask, repeatable } from './sink.ts';

const answerSchema = z.looseObject({ ok: z.boolean(), error: z.string().optional() });
const cursorSchema = z.object({ response_metadata: z.object({ next_cursor: z.string() }) });
const mostPages = 20;

/** What Slack answers when it is its own fault: nobody knows what became of the message. */
const troubles: Readonly<Record<string, number>> = {
  ratelimited: 429,
  rate_limited: 429,
  internal_error: 500,
  fatal_error: 500,
  service_unavailable: 503,
  request_timeout: 408,
};

/** Slack answers 200 to what it refuses; `reason` is its word for it, e.g. `name_taken`. */
export class SlackRefusal extends HttpAnswer {
  readonly reason: string;

  constructor(reason: string, { retryAfterMs }: HttpResult) {
    super(`Slack refused the message: ${reason}`, troubles[reason] ?? 400, retryAfterMs);
    this.reason = reason;
  }
}

/** Throws HttpAnswer or SlackRefusal unless Slack says that it is well. */
export function goodSlack(answer: HttpResult): Record<string, unknown> {
  const parsed = answerSchema.safeParse(jsonOf(answer));
  if (!parsed.success) throw new HttpAnswer('the answer is not one of Slack', answer.status);
  if (!parsed.data.ok) throw new SlackRefusal(parsed.data.error ?? 'no reason given', answer);
  return parsed.data;
}

/** Slack's Web API at its base URL. */
export class SlackApi {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(base: string, token: string) {
    this.#base = base;
    this.#headers = { authorization: `Bearer ${token}` };
  }

  /** Changes something. */
  async post(method: string, body: object): Promise<Record<string, unknown>> {
    return goodSlack(await ask({ method: 'POST', url: under(this.#base, `/${method}`), headers: this.#headers, body, kind: 'notify' }));
  }

  /** Every entry of a list, page by page, newest first where Slack says so; ends after 20 pages. */
  async *list<T>(method: string, asked: Record<string, string>, entries: z.ZodType<T[]>, field: string): AsyncGenerator<T> {
    let cursor = '';
    for (let page = 0; page < mostPages; page++) {
      const query = new URLSearchParams({ ...asked, ...(cursor ? { cursor } : {}) }).toString();
      const url = under(this.#base, `/${method}?${query}`);
      const answer = await repeatable(async () => goodSlack(await ask({ url, headers: this.#headers, kind: 'read' })));
      yield* answered(entries, answer[field] ?? [], 'Slack');
      cursor = cursorSchema.safeParse(answer).data?.response_metadata.next_cursor ?? '';
      if (!cursor) return;
    }
  }
}

/** Text that Slack shows as it is: no mention of everybody, no link in disguise. */
export function plainForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
