import { z } from 'zod';
import { isAddress, parseMailbox } from './mailbox.ts';

const ONE_LINE = /^\P{Cc}*$/u;

/** A text of one line. What is wrong is said without the value: it may be a secret in the wrong place. */
export const lineShape = z
  .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a text') })
  .trim()
  .min(1, { error: 'must not be empty' })
  .regex(ONE_LINE, { error: 'must be one line' });

/** A password: every blank counts. */
export const secretShape = z
  .string({ error: 'must be a text' })
  .min(1, { error: 'must not be empty' })
  .regex(ONE_LINE, { error: 'must be one line' });

export const flagShape = z.boolean({ error: 'must be true or false' });

export const secondsShape = z
  .int({ error: 'must be a whole number of seconds, from 1 to 600' })
  .min(1, { error: 'must be 1 second or more' })
  .max(600, { error: 'must be 600 seconds or less' });

/** `info@reseller.example` or `Name <info@reseller.example>`. */
export const mailboxShape = lineShape.refine((text) => parseMailbox(text) !== undefined, {
  error: 'must be one address, like Name <name@example.com>',
});

export const addressShape = lineShape.refine(isAddress, {
  error: 'must be one address, like name@example.com',
});
