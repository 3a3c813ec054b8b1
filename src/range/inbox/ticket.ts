import type { Express, Request, RequestHandler } from 'express';
import { service, type Take } from './service.ts';

interface Comment {
  id: string;
  body: unknown;
  properties: { key: string; value: unknown }[];
}
interface Issue {
  key: string;
  fields: Fields;
  status: Status;
  /** Newest first. */
  comments: Comment[];
}
interface Fields {
  project?: { key?: string };
  summary?: string;
  description?: unknown;
  labels?: string[];
  priority?: { name: string };
  components?: { name: string }[];
}
type Status = keyof typeof statuses;

const statuses = { 'To Do': 'new', 'In Progress': 'indeterminate', Done: 'done' } as const;
const transitions: { id: string; to: Status }[] = [
  { id: '11', to: 'To Do' },
  { id: '21', to: 'In Progress' },
  { id: '31', to: 'Done' },
];
const root = '/rest/api/3';

export interface TicketOptions {
  /** Its account as `user:token`. */
  login: string;
  /** What its project knows; anything else in a ticket is refused. */
  components: readonly string[];
  priorities: readonly string[];
}

/** A ticket system as Jira's REST API v3 shows it. */
export function ticket({ login, components, priorities }: TicketOptions, take: Take): Express {
  const issues: Issue[] = [];
  let comments = 0;
  const find = (request: Request<{ issue: string }>): Issue | undefined => issues.find(({ key }) => key === request.params.issue);
  const withIssue =
    (handle: (issue: Issue, ...rest: Parameters<RequestHandler<{ issue: string }>>) => void): RequestHandler<{ issue: string }> =>
    (request, response, next) => {
      const issue = find(request);
      if (issue) handle(issue, request, response, next);
      else response.status(404).json({ errorMessages: ['Issue does not exist or you do not have permission to see it.'], errors: {} });
    };
  const wrong = (fields: Fields): Record<string, string> => ({
    ...(fields.project?.key && fields.summary ? {} : { summary: 'You must specify a project and a summary of the issue.' }),
    ...(!fields.priority || priorities.includes(fields.priority.name) ? {} : { priority: 'The priority selected is invalid.' }),
    ...(fields.components?.every(({ name }) => components.includes(name)) === false ? { components: 'Component name is not valid' } : {}),
  });
  const allowed: RequestHandler = (request, response, next) => {
    if (request.headers.authorization === `Basic ${Buffer.from(login).toString('base64')}`) next();
    else response.status(401).json({ errorMessages: ['Client must be authenticated to access this resource.'] });
  };

  return service()
    .use(allowed)
    .post(`${root}/issue`, (request, response) => {
      const { fields = {} } = (request.body ?? {}) as { fields?: Fields };
      const errors = wrong(fields);
      if (Object.keys(errors).length > 0) return void response.status(400).json({ errorMessages: [], errors });
      const issue: Issue = { key: `${fields.project!.key}-${issues.length + 1}`, fields, status: 'To Do', comments: [] };
      issues.push(issue);
      take(request, wordsOf(fields.description));
      response.status(201).json({ id: String(10_000 + issues.length), key: issue.key });
    })
    .get(`${root}/search/jql`, (request, response) => {
      const { jql } = request.query;
      const label = typeof jql === 'string' ? /labels = "([^"]+)"/.exec(jql)?.[1] : undefined;
      const found = issues.filter(({ fields }) => label !== undefined && fields.labels?.includes(label));
      response.json({ issues: found.map(({ key, status }) => ({ key, fields: { status: statusOf(status) } })), isLast: true });
    })
    .get(
      `${root}/issue/:issue`,
      withIssue(
        ({ key, fields, status }, _request, response) => void response.json({ key, fields: { ...fields, status: statusOf(status) } }),
      ),
    )
    .get(
      `${root}/issue/:issue/transitions`,
      withIssue((_issue, _request, response) => {
        response.json({ transitions: transitions.map(({ id, to }) => ({ id, name: to, to: statusOf(to) })) });
      }),
    )
    .post(
      `${root}/issue/:issue/transitions`,
      withIssue((issue, request, response) => {
        const { transition } = (request.body ?? {}) as { transition?: { id?: string } };
        const asked = transitions.find(({ id }) => id === transition?.id);
        if (!asked) return void response.status(400).json({ errorMessages: ['It is not possible to make this transition.'] });
        issue.status = asked.to;
        take(request);
        response.status(204).end();
      }),
    )
    .get(
      `${root}/issue/:issue/comment`,
      withIssue((issue, _request, response) => void response.json({ comments: issue.comments.map(({ id, body }) => ({ id, body })) })),
    )
    .post(
      `${root}/issue/:issue/comment`,
      withIssue((issue, request, response) => {
        const { body, properties = [] } = (request.body ?? {}) as Partial<Comment>;
        const comment = { id: String((comments += 1)), body, properties };
        issue.comments.unshift(comment);
        take(request, wordsOf(body));
        response.status(201).json({ id: comment.id, body });
      }),
    )
    .post(`${root}/comment/list`, (request, response) => {
      const { ids = [] } = (request.body ?? {}) as { ids?: number[] };
      const found = issues.flatMap((issue) => issue.comments).filter(({ id }) => ids.includes(Number(id)));
      response.json({ values: found, isLast: true });
    });
}

function statusOf(name: Status) {
  return { name, statusCategory: { key: statuses[name] } };
}

/** The words of a document in Atlassian's format. */
function wordsOf(node: unknown): string {
  const { type, text, content = [] } = (node ?? {}) as { type?: string; text?: string; content?: unknown[] };
  if (type === 'hardBreak') return '\n';
  return text ?? content.map(wordsOf).join(type === 'doc' ? '\n\n' : '');
}
