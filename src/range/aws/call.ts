import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import type { RegionName } from '../contract.ts';

/** Where a listener of the gateway stands. */
export type Place = 'global' | RegionName;

/** The AWS region that each place plays. */
export const awsRegions = { global: 'us-east-1', east: 'us-east-2', west: 'us-west-2' } as const satisfies Record<Place, string>;

/** moto's account. */
export const account = '123456789012';

export type Protocol = 'query' | 'ec2' | 'rest-xml' | 'json';

/** One AWS call as it came in. */
export interface Call {
  place: Place;
  /** Signing name, e.g. `rds`, `elasticloadbalancing`, `monitoring`. */
  service: string;
  action: string;
  protocol: Protocol;
  stateChanging: boolean;
  /** Parameters of the query protocols, from the form. */
  form: URLSearchParams;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Answers some of the calls itself; keys are `service:Action`. */
export type Handlers = Record<string, (call: Call) => Promise<Answer>>;

// The actions of Route 53 that something of ours may call; its protocol carries no action name.
const route53Actions: readonly [method: string, path: RegExp, action: string][] = [
  ['POST', /\/hostedzone\/[^/]+\/rrset\/?$/, 'ChangeResourceRecordSets'],
  ['GET', /\/hostedzone\/[^/]+\/rrset$/, 'ListResourceRecordSets'],
  ['GET', /\/change\/[^/]+$/, 'GetChange'],
  ['GET', /\/hostedzonesbyname$/, 'ListHostedZonesByName'],
  ['GET', /\/hostedzone$/, 'ListHostedZones'],
  ['POST', /\/hostedzone$/, 'CreateHostedZone'],
  ['GET', /\/hostedzone\/[^/]+$/, 'GetHostedZone'],
  ['DELETE', /\/hostedzone\/[^/]+$/, 'DeleteHostedZone'],
];

/** Reads a whole request and tells which AWS call it is. */
export async function readCall(request: IncomingMessage, place: Place): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const { method = 'GET', url: path = '/', headers } = request;
  const service = credentialScope(headers).service;
  const form = new URLSearchParams(isForm(headers) ? body : new URL(path, 'http://gateway').search);
  const target = headers['x-amz-target'];
  const [protocol, action] = target
    ? (['json', String(target).split('.').at(-1)!] as const)
    : form.has('Action')
      ? ([service === 'ec2' ? 'ec2' : 'query', form.get('Action')!] as const)
      : (['rest-xml', restAction(method, path)] as const);
  return { place, service, action, protocol, stateChanging: changesState(protocol, method, action), form, method, path, headers, body };
}

/** Region and service that a request is signed for; empty strings when it is not signed. */
export function credentialScope(headers: IncomingHttpHeaders): { region: string; service: string } {
  const [, region = '', service = ''] = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '') ?? [];
  return { region, service };
}

/** The same call with some parameters of its form set; undefined takes one out. */
export function withForm(call: Call, parameters: Record<string, string | undefined>): Call {
  const form = new URLSearchParams(call.form);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) form.delete(name);
    else form.set(name, value);
  }
  return { ...call, form, body: form.toString() };
}

function isForm(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

function restAction(method: string, path: string): string {
  const { pathname } = new URL(path, 'http://gateway');
  return route53Actions.find(([verb, pattern]) => verb === method && pattern.test(pathname))?.[2] ?? `${method} ${pathname}`;
}

function changesState(protocol: Protocol, method: string, action: string): boolean {
  return protocol === 'rest-xml' ? method !== 'GET' : !/^(Describe|List|Get)/.test(action);
}
