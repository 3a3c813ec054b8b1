import { z } from 'zod';
import { HttpAnswer, type HttpRequest, jsonOf, under } from '../kit/index.ts';
import { richText } from './rich-text.ts';
import { answered, ask } from './sink.ts';

const keySchema = z.object({ key: z.string() });
const searchSchema = z.object({ issues: z.array(keySchema) });
const statusSchema = z.object({ statusCategory: z.object({ key: z.string() }) });
const issueSchema = z.object({ fields: z.object({ status: statusSchema }) });
const transitionsSchema = z.object({ transitions: z.array(z.object({ id: z.string(), to: statusSchema })) });
const commentsSchema = z.object({ comments: z.array(z.object({ id: z.string() })) });
const propertiesSchema = z.object({
  values: z.array(z.object({ properties: z.array(z.object({ key: z.string(), value: z.unknown() })).optional() })),
});
const property = 'muster.message';

export interface NewIssue {
  project: string;
  issueType: string;
  label: string;
  title: string;
  text: string;
  priority: string;
  components: string[];
}

/** Jira's REST API, version 3. */
export class Jira {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(base: string, authorization: string) {
    this.#base = base;
    this.#headers = { authorization, accept: 'application/json' };
  }

  /** The oldest issue of a project that has a label. */
  async find(project: string, label: string): Promise<string | undefined> {
    const jql = `project = "${project}" AND labels = "${label}" ORDER BY created ASC`;
    const query = new URLSearchParams({ jql, fields: 'status', maxResults: '1' }).toString();
    return answered(searchSchema, await this.#read(`/search/jql?${query}`), 'Jira').issues[0]?.key;
  }

  /** Opens an issue. A priority or component that the project does not have goes into the text instead. */
  async create({ project, issueType, label, title, text, priority, components }: NewIssue): Promise<string> {
    const fields = (said: string) => ({
      ...{ project: { key: project }, issuetype: { name: issueType }, labels: ['muster', label] },
      ...{ summary: title, description: richText(said) },
    });
    const exact = { priority: { name: priority }, ...(components.length ? { components: components.map((name) => ({ name })) } : {}) };
    try {
      return await this.#open({ ...fields(text), ...exact });
    } catch (error) {
      if (!(error instanceof HttpAnswer) || error.status !== 400 || !/priority|component/i.test(error.message)) throw error;
      const told = [`Priority: ${priority}`, ...(components.length ? [`Components: ${components.join(', ')}`] : [])].join('\n');
      return this.#open(fields(`${told}\n\n${text}`));
    }
  }

  async #open(fields: object): Promise<string> {
    return answered(keySchema, await this.#send('/issue', { fields }), 'Jira').key;
  }

  /** Adds a comment that carries the message's id. */
  async comment(key: string, message: string, text: string): Promise<void> {
    const body = { body: richText(text), properties: [{ key: property, value: { id: message } }] };
    await this.#send(`/issue/${encodeURIComponent(key)}/comment`, body);
  }

  /** Whether one of the newest hundred comments carries the message's id. */
  async hasComment(key: string, message: string): Promise<boolean> {
    const newest = `/issue/${encodeURIComponent(key)}/comment?orderBy=-created&maxResults=100`;
    const { comments } = answered(commentsSchema, await this.#read(newest), 'Jira');
    if (comments.length === 0) return false;
    const ids = { ids: comments.map(({ id }) => Number(id)) };
    const { values } = answered(propertiesSchema, await this.#send('/comment/list?expand=properties', ids, 'read'), 'Jira');
    return values.some(({ properties = [] }) => properties.some(({ key: name, value }) => name === property && idOf(value) === message));
  }

  /** Moves an issue to a state that counts as done, when there is a way there; one that is done stays as it is. */
  async finish(key: string): Promise<void> {
    const issue = `/issue/${encodeURIComponent(key)}`;
    const { fields } = answered(issueSchema, await this.#read(`${issue}?fields=status`), 'Jira');
    if (fields.status.statusCategory.key === 'done') return;
    const { transitions } = answered(transitionsSchema, await this.#read(`${issue}/transitions`), 'Jira');
    const done = transitions.find(({ to }) => to.statusCategory.key === 'done');
    if (done) await this.#send(`${issue}/transitions`, { transition: { id: done.id } });
  }

  async #read(path: string): Promise<unknown> {
    return this.#call({ url: path, kind: 'read' });
  }

  async #send(path: string, body: object, kind: 'notify' | 'read' = 'notify'): Promise<unknown> {
    return this.#call({ method: 'POST', url: path, body, kind });
  }

  async #call({ url, ...asked }: Pick<HttpRequest, 'method' | 'url' | 'body' | 'kind'>): Promise<unknown> {
    const answer = await ask({ ...asked, url: under(this.#base, `/rest/api/3${url}`), headers: this.#headers });
    return answer.status === 204 ? undefined : jsonOf(answer);
  }
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
}
