import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { Call } from './call.ts';

/** AWS says no: the gateway answers with this code in the form of the call's protocol. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Answer of a query protocol: `result` is the XML inside `<ActionResult>`, or inside the response itself for EC2. */
export function queryAnswer(call: Call, result: string): Answer {
  const id = randomUUID();
  const inner =
    call.protocol === 'ec2'
      ? `<requestId>${id}</requestId>${result}`
      : `<${call.action}Result>${result}</${call.action}Result><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>`;
  return xmlAnswer(200, id, `<${call.action}Response>${inner}</${call.action}Response>`);
}

/** Answer of Route 53. */
export function restXmlAnswer(root: string, inner: string): Answer {
  const xml = `<${root} xmlns="https://route53.amazonaws.com/doc/2013-04-01/">${inner}</${root}>`;
  return xmlAnswer(200, randomUUID(), xml);
}

/** Answer of a JSON protocol. */
export function jsonAnswer(body: unknown): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}

/** An error in the form of the call's protocol. */
export function errorAnswer(call: Pick<Call, 'protocol'>, { code, message, status }: Refusal): Answer {
  const id = randomUUID();
  if (call.protocol === 'json') {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': id, 'x-amzn-errortype': code };
    return { status, headers, body: JSON.stringify({ __type: code, message }) };
  }
  const type = status < 500 ? 'Sender' : 'Receiver';
  const text = escapeXml(message);
  const xml =
    call.protocol === 'ec2'
      ? `<Response><Errors><Error><Code>${code}</Code><Message>${text}</Message></Error></Errors><RequestID>${id}</RequestID></Response>`
      : `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>${id}</RequestId></ErrorResponse>`;
  return xmlAnswer(status, id, xml);
}

/** AWS asks for patience, in the words of the protocol. */
export function throttled(call: Pick<Call, 'protocol'>): Answer {
  if (call.protocol === 'ec2') return errorAnswer(call, new Refusal('RequestLimitExceeded', 'Request limit exceeded.', 503));
  return errorAnswer(call, new Refusal(call.protocol === 'query' ? 'Throttling' : 'ThrottlingException', 'Rate exceeded'));
}

/** AWS is out of order for a moment, in the words of the protocol. */
export function unavailable(call: Pick<Call, 'protocol'>, message = 'The service is unavailable. Please try again shortly.'): Answer {
  const codes = { query: 'ServiceUnavailable', ec2: 'Unavailable', 'rest-xml': 'ServiceUnavailable', json: 'ServiceUnavailableException' };
  return errorAnswer(call, new Refusal(codes[call.protocol], message, 503));
}

function xmlAnswer(status: number, requestId: string, xml: string): Answer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body: `<?xml version="1.0"?>\n${xml}` };
}

/** Text that may stand inside an XML element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export type { Answer } from './answer.ts';
