/** Warnings of one kind: how many rows have it, and where to look first. */
export interface WarningCount {
  readonly rule: string;
  readonly count: number;
  readonly firstRow: number | undefined;
  readonly message: string;
}
