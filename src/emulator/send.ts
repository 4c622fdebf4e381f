import type { FastifyReply } from 'fastify';

import type { Answer } from './answers.ts';
import type { Ending } from './serve.ts';

/** Ends a call on the wire. */
export function sendEnding(reply: FastifyReply, ending: Ending): void {
  switch (ending.kind) {
    case 'answer':
      void reply.code(ending.answer.status).headers(ending.answer.headers).send(ending.answer.body);
      return;
    case 'truncate':
      sendHalf(reply, ending.answer);
      return;
    case 'reset':
      reply.hijack();
      reply.raw.socket?.resetAndDestroy();
      return;
    case 'silence':
      reply.hijack();
      return;
  }
}

/** Promises the whole body and closes the connection after half of it. */
function sendHalf(reply: FastifyReply, answer: Answer): void {
  const body = Buffer.from(answer.body);
  const { socket } = reply.raw;
  reply.hijack();
  reply.raw.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  reply.raw.write(body.subarray(0, Math.floor(body.length / 2)), () => socket?.destroy());
}
