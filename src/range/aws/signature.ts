import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from './answers.ts';
import { awsRegions, credentialScope, type Call } from './call.ts';

/** Access key id that the practice estate knows. */
const accessKeyId = 'practice';

/** Refuses a call that is not signed (SigV4) with the estate's secret for the region of its endpoint, as AWS would. */
export function refuseUnlessSigned(call: Call, secret: string, expected: string = awsRegions[call.place]): void {
  const { authorization = '' } = call.headers;
  const [, key, date, signed, signature] =
    /Credential=([^/]+)\/(\d{8})\/.*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)$/.exec(authorization) ?? [];
  if (key === undefined || !date || !signed || !signature) {
    throw new Refusal('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  }
  if (key !== accessKeyId) throw new Refusal('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  const { region, service } = credentialScope(call.headers);
  if (region !== expected) {
    const message = `Credential should be scoped to a valid region: this endpoint is ${expected}, not ${region}.`;
    throw new Refusal('SignatureDoesNotMatch', message, 403);
  }
  const scope = [date, region, service, 'aws4_request'];
  const time = String(call.headers['x-amz-date'] ?? '');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonicalRequest(call, signed.split(';')))].join('\n');
  const signingKey = scope.reduce<Buffer>((from, part) => hmac(from, part), Buffer.from(`AWS4${secret}`));
  if (timingSafeEqual(sha256Bytes(hmac(signingKey, text).toString('hex')), sha256Bytes(signature))) return;
  throw new Refusal('SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.', 403);
}

function canonicalRequest({ method, path, headers, body }: Call, signed: readonly string[]): string {
  const url = new URL(path, 'http://gateway');
  const query = [...url.searchParams].map((pair) => pair.map(encode).join('=')).sort();
  const lines = signed.map(
    (name) =>
      `${name}:${String(headers[name] ?? '')
        .trim()
        .replace(/\s+/g, ' ')}\n`,
  );
  const encodedPath = url.pathname.split('/').map(encode).join('/');
  return [method, encodedPath, query.join('&'), lines.join(''), signed.join(';'), sha256(body)].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return sha256Bytes(text).toString('hex');
}

function sha256Bytes(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
