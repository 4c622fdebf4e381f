/** Ends a `switch` over a union: the compiler refuses a missing case, the run stops on an impossible one. */
export function assertNever(value: never): never {
  throw new Error(`impossible value ${JSON.stringify(value)}`);
}
