export const platforms = ['kubernetes', 'compose', 'host', 'autoscaling', 'none'] as const;
export type Platform = (typeof platforms)[number];

/** What runs the service in one region. */
export type Runs =
  | { on: 'kubernetes'; context: string; namespace: string; deployment: string }
  | { on: 'compose'; project: string; file: string; service: string }
  | { on: 'host'; address: string; user: string; unit: string }
  | { on: 'autoscaling'; group: string; targetGroup: string }
  | { on: 'none' };

export interface Place {
  name: string;
  /** AWS's name of it; undefined where the system does not run on AWS. */
  aws: string | undefined;
  url: string;
  runs: Runs;
  /** Identifier of the database's instance in RDS. */
  instance: string | undefined;
}

/** How it says that it is well, as somebody said or as it was seen. */
export interface Health {
  path: string;
  body: Record<string, string | number | boolean> | undefined;
}

/** Everything that the first file of an environment says. */
export interface Answers {
  name: string;
  title: string;
  places: Place[];
  fullCapacity: number;
  customers: string;
  health: Health | undefined;
  /** Another way to see that it is well, or a reference to it. */
  vantage: string;
  /** Reference to the connection; undefined without a database. */
  database: string | undefined;
  /** Name that customers use and its zone in Route 53; undefined where customers cannot be moved. */
  dns: { name: string; zone: string } | undefined;
  /** Who approves beside `you`. */
  approvers: string[];
  /** Channel of Slack; undefined without messages. */
  slack: string | undefined;
  targets: { rto: string; rpo: string };
}

/** An answer that cannot be taken, or is missing; the message is for the person who gave it. */
export class AnswerProblem extends Error {
  override name = 'AnswerProblem';
}

/** `shop-web` → `SHOP_WEB`: the beginning of the names of its variables. */
export const variablesOf = (name: string): string => name.toUpperCase().replaceAll('-', '_');
