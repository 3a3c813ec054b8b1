import { createTransport, type Transporter } from 'nodemailer';
import type { Environment } from '../../config/environment.ts';
import { Failure } from '../../workflows/failures.ts';
import type { Post } from '../../workflows/incident/messages.ts';
import { failure, observed, redactText, rememberSecret, resolved, resolvedSecret, short } from '../kit/index.ts';
import { delivers } from './sink.ts';

const longestSubject = 250;
const longestText = 100_000;
const waitMs = 4_000;

/** E-mail by SMTP. */
export function emailActivities({ notify: { email } }: Environment) {
  return {
    /** Sends one message. Its Message-ID is that of the incident's message, so that mail servers and people can tell a repeat. */
    deliverEmail: delivers<Extract<Post, { sink: 'email' }>>(async ({ incident, id, post, unsure, say }) => {
      if (!email) throw failure(Failure.InvalidInput, 'this environment has no e-mail');
      const [from, to] = [resolved(email.from), resolved(post.to)];
      const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'muster.invalid';
      const thread = `<${incident.number}@${domain}>`;
      const message = {
        from,
        to,
        subject: short(redactText(post.subject).replace(/\s+/g, ' '), longestSubject),
        text: say(post.text, longestText, unsure),
        messageId: `<${incident.number}.${id}@${domain}>`,
        ...{ inReplyTo: thread, references: thread },
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Muster-Incident': incident.number },
        ...{ disableFileAccess: true, disableUrlAccess: true },
      };
      const call = {
        tool: 'notify',
        call: `SMTP to ${to}`,
        args: { subject: message.subject, text: message.text },
        kind: 'notify',
      } as const;
      const dialogue = { textAsked: false };
      const transport = transportOf(resolvedSecret(email.smtp), dialogue);
      try {
        await observed(call, () => transport.sendMail(message));
      } catch (error) {
        throw failureOf(error as SmtpError, dialogue.textAsked);
      } finally {
        transport.close();
      }
      return {};
    }),
  };
}

/** Notes when the text itself is on its way: before that, nothing can have arrived. */
function transportOf(url: string, dialogue: { textAsked: boolean }): Transporter {
  const { password } = new URL(url);
  if (password) rememberSecret(decodeURIComponent(password));
  const hear = (entry: unknown, said: unknown) => {
    if ((entry as { tnx?: string }).tnx === 'client' && said === 'DATA') dialogue.textAsked = true;
  };
  const deaf = () => undefined;
  const logger = { level: deaf, trace: deaf, debug: hear, info: deaf, warn: deaf, error: deaf, fatal: deaf };
  const limits = { connectionTimeout: waitMs, greetingTimeout: waitMs, socketTimeout: waitMs, dnsTimeout: waitMs };
  return createTransport({ url, ...limits, logger, transactionLog: true });
}

type SmtpError = Error & { responseCode?: number };

function failureOf({ responseCode = 0, message }: SmtpError, textAsked: boolean): Error {
  if (responseCode >= 500) return failure(Failure.Permanent, `the mail server refused the message: ${message}`);
  const surelyNot = responseCode >= 400 || !textAsked;
  return failure(surelyNot ? Failure.Transient : Failure.UnknownOutcome, `the mail server did not take the message: ${message}`);
}
