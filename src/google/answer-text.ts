import { z } from 'zod';

/** A text of an answer; what Google leaves out or sends as null is undefined. */
export const optionalText = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
