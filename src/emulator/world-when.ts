import { z } from 'zod';

/** `-10d`, `+3h`, `-30m`, `-5s`, or an ISO date or time: worlds may be relative, so that they do not age. */
const RELATIVE_TIME = '[+-]?\\d+[dhms]';
const DATE = '\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])';
const TIME = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})';

/** A time of a world; `resolveWhen` reads it. */
export const whenSchema = z
  .string()
  .regex(
    new RegExp(`^(${RELATIVE_TIME}|${DATE}(T${TIME})?)$`),
    'must be an ISO date or time, or relative to now such as "-10d"',
  );
