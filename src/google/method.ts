import type { Bucket } from '../model/bucket.ts';
import type { Invoke } from './transport.ts';

/** What a caller may attach to one call. */
export interface CallContext {
  /** Values of the request that no message may repeat, should the server echo them. */
  readonly secrets?: readonly string[];
  /** Runs in the call's turn, right before each attempt leaves; 1 for the first. What it throws ends the call. */
  readonly onSend?: (attempt: number) => void;
  /** Ends waits, and cuts off an attempt under way. */
  readonly signal?: AbortSignal;
  /** Higher goes first; 0 by default. */
  readonly priority?: number;
}

/** One method of an API. */
export interface Method<T> {
  /** As logged: `customers.import`. */
  readonly name: string;
  readonly bucket: Bucket;
  readonly kind: 'read' | 'write';
  /** Whether it may be sent again although it may have had its effect. */
  readonly repeatable: boolean;
  readonly invoke: Invoke;
  /** The method answers without a body where all is well; `read` then gets an empty object. */
  readonly mayBeEmpty?: true;
  /**
   * The answer's value, or undefined where it is not what the method returns.
   *
   * @param secrets values that no text in the value may hold
   */
  readonly read: (json: unknown, secrets: readonly string[]) => T | undefined;
}

/** A method that changes nothing. */
export function readMethod<T>(method: Pick<Method<T>, 'name' | 'bucket' | 'invoke' | 'read'>): Method<T> {
  return { ...method, kind: 'read', repeatable: true };
}
