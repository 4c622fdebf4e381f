import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { parseSmtp, type SmtpSettings } from '../../src/notify/smtp-settings.ts';

/** A mail as it arrived. */
export interface ArrivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  readonly user: string | undefined;
  readonly isEncrypted: boolean;
}

export interface MailServer {
  readonly port: number;
  readonly arrived: ArrivedMail[];
  /** Connections opened so far. */
  connections(): number;
}

export interface MailServerOptions extends SMTPServerOptions {
  /** Refuses an address with these words of the server. */
  readonly refuseAddress?: (address: string) => string | undefined;
  /** Refuses a mail after its last byte. */
  readonly refuseMail?: (mail: ArrivedMail) => string | undefined;
}

/** A real mail server on this machine for one test; without TLS and sign-in unless told otherwise. */
export async function startMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { refuseAddress, refuseMail, ...rest } = options;
  const arrived: ArrivedMail[] = [];
  let opened = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    // Otherwise it warns of its own certificate, which nobody vouches for: that is what is wanted here.
    logger: false,
    ...rest,
    onConnect(_, done) {
      opened += 1;
      done();
    },
    onRcptTo({ address }, _, done) {
      done(refusal(refuseAddress?.(address)));
    },
    onData(stream, session, done) {
      void buffer(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail: ArrivedMail = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw,
          user: session.user as string | undefined,
          isEncrypted: session.secure,
        };
        const refused = refusal(refuseMail?.(mail));
        if (refused === undefined) arrived.push(mail);
        done(refused);
      });
    },
  });
  // A client that hangs up on us is part of some tests.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  );
  const { port } = server.server.address() as AddressInfo;
  return { port, arrived, connections: () => opened };
}

function refusal(words: string | undefined): Error | undefined {
  if (words === undefined) return undefined;
  return Object.assign(new Error(words.slice(4)), { responseCode: Number(words.slice(0, 3)) });
}

/** A server of which the test writes every word. */
export async function startRawServer(talk: (socket: Socket) => void): Promise<MailServer> {
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    talk(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, arrived: [], connections: () => opened };
}

/** Settings as the config file gives them. */
export function smtpAt(
  server: Pick<MailServer, 'port'>,
  rest: Readonly<Record<string, unknown>> = {},
  environmentPassword?: string,
): SmtpSettings {
  const parsed = parseSmtp({ host: '127.0.0.1', port: server.port, ...rest }, environmentPassword);
  if (parsed.kind === 'fault') throw new Error(parsed.sentence);
  return parsed.value;
}
