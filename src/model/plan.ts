import type { Action } from './action.ts';
import type { FieldColumn } from './column.ts';

/** One write that a row needs. */
export type StepPlan =
  | {
      readonly kind: 'import';
      readonly overwriteIfExists: boolean;
      /** Resource name of the customer that receives the Cloud Identity's data. */
      readonly customer: string | undefined;
    }
  /** A new customer with everything that the row has. */
  | { readonly kind: 'create' }
  /** What differs from the book, once the steps before it are done. */
  | { readonly kind: 'patch' }
  | {
      readonly kind: 'provision';
      /** Name of the operation that an earlier run began and that is waited for instead of beginning another. */
      readonly operation: string | undefined;
      /** True where an earlier run sent one whose answer never came: it may be at work. */
      readonly inDoubt?: true | undefined;
    }
  | OnboardStep;
export type StepKind = StepPlan['kind'];

/**
 * The steps of a new customer of the Reseller API, always in this order: the customer itself, the language of its users
 * while it has none, its first user, and that user a super admin.
 */
export interface OnboardStep {
  readonly kind: 'insert' | 'language' | 'user' | 'admin';
}
export type OnboardKind = OnboardStep['kind'];

const ONBOARD_KINDS: ReadonlySet<string> = new Set<OnboardKind>(['insert', 'language', 'user', 'admin']);

export function isOnboardKind(kind: StepKind): kind is OnboardKind {
  return ONBOARD_KINDS.has(kind);
}

export function isOnboardStep(step: StepPlan): step is OnboardStep {
  return isOnboardKind(step.kind);
}

/** One cell of the book that Google's customer contradicts. */
export interface Difference {
  readonly column: FieldColumn;
  readonly book: string;
  /** Undefined where Google has nothing. */
  readonly google: string | undefined;
  /** `ordinary` fields may be patched; `critical` ones (domain, region) only an import can change. */
  readonly weight: 'ordinary' | 'critical';
}

/** The columns that a patch writes of what differs. */
export function patchedColumns(differences: readonly Difference[]): readonly FieldColumn[] {
  return differences.filter(({ weight }) => weight === 'ordinary').map(({ column }) => column);
}

/** What will be done for one row, decided and committed before anything is sent. */
export interface RowPlan {
  readonly action: Action;
  readonly steps: readonly StepPlan[];
  readonly differences: readonly Difference[];
  /** Resource name of the linked customer, where there is one. */
  readonly customer: string | undefined;
  /** What an onboarding is about, where Google has it already. */
  readonly tenant?: Tenant | undefined;
  /** Something to know of the row, however it ends. */
  readonly note?: string | undefined;
}

/** A Google Workspace account, as the Reseller and Directory APIs know it. */
export interface Tenant {
  /** Google Workspace customer ID, which is also the Channel API's `cloudIdentityId`. */
  readonly customerId: string;
  /** `resourceUiUrl`: its Admin console. */
  readonly consoleUrl?: string | undefined;
  /** Whether its first user has signed in and accepted the terms; undefined where nobody has looked. */
  readonly hasAgreed?: boolean | undefined;
}

/** Whether its first user has yet to sign in and accept the terms; undefined where nobody has looked. */
export function waitsForCustomer(tenant: Tenant | undefined): boolean | undefined {
  return tenant?.hasAgreed === undefined ? undefined : !tenant.hasAgreed;
}
