/** What a row (or `--action`) may ask for. */
export const REQUESTED_ACTIONS = ['auto', 'import', 'create', 'provision', 'onboard', 'skip'] as const;
export type RequestedAction = (typeof REQUESTED_ACTIONS)[number];

/** What a row turned out to need. `skip` is a row that asked to be left alone. */
export const ACTIONS = ['none', 'import', 'create', 'provision', 'update', 'onboard', 'skip'] as const;
export type Action = (typeof ACTIONS)[number];

/** Whose data wins where the book and Google differ. */
export const OVERWRITE_POLICIES = ['never', 'safe', 'always'] as const;
export type OverwritePolicy = (typeof OVERWRITE_POLICIES)[number];

export const CUSTOMER_TYPES = ['domain', 'team'] as const;
export type CustomerType = (typeof CUSTOMER_TYPES)[number];
