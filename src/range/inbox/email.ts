import { once } from 'node:events';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { freePort } from '../net/free-port.ts';
import { readMail } from './mail.ts';
import type { Take } from './service.ts';
import type { Trouble } from './trouble.ts';

/** A mail server that takes everything for everybody from those who know the password. */
export interface MailServer {
  readonly url: string;
  open(): Promise<void>;
  /** Refuses new connections and cuts the open ones. */
  close(): Promise<void>;
}

const user = 'practice';

/** A mail server on a port of its own that stays its own while it is closed. */
export async function createMailServer(password: string, trouble: () => Trouble | undefined, take: Take): Promise<MailServer> {
  const port = await freePort();
  let server: SMTPServer | undefined;
  const create = (): SMTPServer =>
    new SMTPServer({
      ...{ disabledCommands: ['STARTTLS'], allowInsecureAuth: true, disableReverseLookup: true, closeTimeout: 1 },
      // One that stalls never greets.
      onConnect: (_session, done) => void (trouble() === 'stall' || done()),
      onAuth: ({ username, password: said }, _session, done) => {
        if (username === user && said === password) done(null, { user });
        else done(answer(535, 'the password is wrong'));
      },
      onMailFrom: (_address, _session, done) => {
        const refused = trouble() === 'error' || trouble() === 'limit';
        done(refused ? answer(451, 'try again later') : null);
      },
      onData: (stream, session, done) => {
        void readAll(stream).then((raw) => {
          const { text, ...letter } = readMail(raw);
          take({ path: '/', body: { ...letter, recipients: session.envelope.rcptTo.map(({ address }) => address), text } }, text);
          if (trouble() === 'lose-answers') for (const connection of server?.connections ?? []) cut(connection);
          else done(null, 'taken');
        }, done);
      },
    });
  return {
    url: `smtp://${user}:${password}@127.0.0.1:${port}`,
    open: async () => {
      if (server) return;
      server = create();
      server.on('error', () => undefined);
      server.listen(port, '127.0.0.1');
      await once(server.server, 'listening');
    },
    close: async () => {
      const closing = server;
      if (!closing) return;
      server = undefined;
      for (const connection of closing.connections) cut(connection);
      await new Promise<void>((resolve) => closing.close(resolve));
    },
  };
}

function cut(connection: unknown): void {
  (connection as { _socket?: { destroy(): void } })._socket?.destroy();
}

function answer(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
