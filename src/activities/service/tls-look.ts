import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, rootCertificates } from 'node:tls';
import { observed, sentenceOf } from '../kit/index.ts';
import { duration } from '../../words/durations.ts';

/** What a server presents. Times in ms since 1970. */
export interface Presented {
  /** SHA-256 of the whole certificate. */
  fingerprint: string;
  issuer: string;
  names: string[];
  from: number;
  until: number;
  /** Why clients do not take it, in words; null when they do. */
  problem: string | null;
}

/** It presents a certificate, it answers and refuses to (in its words), or nothing answers. */
export type TlsAnswer =
  { answer: 'presents'; presented: Presented } | { answer: 'refuses'; detail: string } | { answer: 'nothing'; detail: string };

const patienceMs = 5_000;

/** Shakes hands with a server from here, as a client that was sent to `host`. */
export async function lookAt(url: URL, authority: string | undefined): Promise<TlsAnswer> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 443);
  return observed(
    { tool: 'http', call: `TLS ${host}:${port}`, kind: 'read' },
    () => shakeHands(host, port, authority),
    (seen) => ({ outcome: seen.answer === 'presents' ? `certificate ${seen.presented.fingerprint.slice(0, 23)}` : seen.detail, ok: true }),
  );
}

function shakeHands(host: string, port: number, authority: string | undefined): Promise<TlsAnswer> {
  return new Promise((resolve) => {
    let taken = false;
    // It is looked at, also when it is not to be trusted: what is wrong with it is the answer.
    const socket = connect({
      ...{ host, port, rejectUnauthorized: false, timeout: patienceMs },
      ...(isIP(host) ? {} : { servername: host }),
      ...(authority === undefined ? {} : { ca: [...rootCertificates, authority] }),
    });
    const end = (answer: TlsAnswer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => (taken = true));
    socket.once('timeout', () =>
      end({
        answer: 'nothing',
        detail: `${taken ? 'somebody takes the connection and says nothing' : 'nothing answers'} within ${duration(patienceMs)}`,
      }),
    );
    socket.once('error', (error: NodeJS.ErrnoException) => end({ answer: taken ? 'refuses' : 'nothing', detail: sayRefusal(error) }));
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      if (!raw) return end({ answer: 'refuses', detail: 'it presents no certificate' });
      const presented = told(new X509Certificate(raw));
      const otherName = checkServerIdentity(host, socket.getPeerCertificate()) !== undefined;
      const covers = otherName ? `it covers ${presented.names.join(', ') || 'no name'}, not ${host}` : null;
      // The types say that it is an error, and it is its code.
      const problem = sayProblem(socket.authorizationError as unknown as string | null, presented) ?? covers;
      end({ answer: 'presents', presented: { ...presented, problem } });
    });
  });
}

function told({ fingerprint256, issuer, subjectAltName, validFrom, validTo }: X509Certificate): Omit<Presented, 'problem'> {
  const names = (subjectAltName ?? '').split(', ').flatMap((name) => name.match(/^(?:DNS|IP Address):(.+)$/)?.[1] ?? []);
  return {
    ...{ fingerprint: fingerprint256, issuer: issuer.split('\n').at(-1)!.replace(/^\w+=/, ''), names },
    ...{ from: Date.parse(validFrom), until: Date.parse(validTo) },
  };
}

const problems: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself, and nobody trusts it',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority at the end of its chain is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the server does not send the certificates between it and its authority',
  UNABLE_TO_GET_ISSUER_CERT: 'a certificate of its chain is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'a certificate of its chain is missing, or its authority is not trusted',
  CERT_REVOKED: 'it was revoked',
};

function sayProblem(code: string | null | undefined, { from, until }: Omit<Presented, 'problem'>): string | null {
  if (until <= Date.now()) return `it ended at ${new Date(until).toISOString()}`;
  if (from > Date.now()) return `it begins only at ${new Date(from).toISOString()}`;
  return code == null || code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? null : (problems[code] ?? `clients do not take it (${code})`);
}

/** In OpenSSL's words, without its file names and numbers. */
function sayRefusal(error: NodeJS.ErrnoException & { reason?: string }): string {
  const { code, reason } = error;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') return 'it answers, and does not speak TLS';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'it ends the connection before it presents a certificate';
  return reason === undefined ? sentenceOf(error) : `it refuses: ${reason}`;
}
