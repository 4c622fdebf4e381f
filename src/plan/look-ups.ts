import type { OnboardKind } from '../model/plan.ts';

/** The call that tells what came of a step in doubt; `resolved_by` in results.csv. */
export const LOOK_UPS: Readonly<Record<OnboardKind, string>> = {
  insert: 'customers.get',
  language: 'customers.get',
  user: 'users.get',
  admin: 'users.get',
};
