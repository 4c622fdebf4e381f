import fc from 'fast-check';

/** A row of the book as the test has it; every row is about a domain of its own. */
export interface ModelRow {
  readonly id: string;
  readonly domain: string;
  readonly name: string;
  readonly locality: string;
  /** `ZZ` is in no list of countries: the row is invalid until it is mended. */
  readonly region: 'DE' | 'ZZ';
  /** In a column that is unknown, so that a change is no new work. */
  readonly note: string;
}

/** The process dies at its `commit`-th commit; `kept`: right behind it, and nothing is sent any more. */
export interface Death {
  readonly commit: number;
  readonly kept: boolean;
}

/** What may happen between and during runs. Places in the book are taken modulo its length. */
export type Command =
  | {
      readonly do: 'edit';
      readonly at: number;
      readonly column: 'name' | 'locality' | 'note';
      readonly to: string;
    }
  | { readonly do: 'break' | 'mend' | 'remove'; readonly at: number }
  | { readonly do: 'add'; readonly rows: number }
  /** A quote is opened on its last line and never closed, until the next run has seen it. */
  | { readonly do: 'spoil' }
  /** Sorts the book by what a pseudo-random order makes of its ids. */
  | { readonly do: 'sort'; readonly by: number }
  | {
      readonly do: 'apply' | 'resume';
      readonly concurrency: number;
      readonly snapshot: 'auto' | 'lookup';
      readonly death?: Death | undefined;
    }
  /** The answer of the `nth` such write of the next run never comes. */
  | {
      readonly do: 'lose';
      readonly method: (typeof WRITE_METHODS)[number];
      readonly nth: number;
      readonly effect: boolean;
    };

export const WRITE_METHODS = ['customers.create', 'customers.import', 'customers.patch'] as const;

const at = fc.nat({ max: 9 });
const concurrency = fc.constantFrom(1, 4);
/** Rows are written from about the twelfth commit to the thirtieth. */
const commit = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 12, max: 30 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 45 }) },
);
const death = fc.record({ commit, kept: fc.boolean() });

/** Runs come more often than changes, and most of them die. */
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom('apply' as const, 'resume' as const),
      concurrency,
      snapshot: fc.constantFrom('auto' as const, 'lookup' as const),
      death: fc.option(death, { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('edit' as const),
      at,
      column: fc.constantFrom('name' as const, 'locality' as const, 'note' as const),
      to: fc.constantFrom('Köln', "=1+1, 'x'", '"two"\nlines'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('break' as const, 'mend' as const, 'remove' as const), at }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('add' as const), rows: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('spoil' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sort' as const), by: fc.nat({ max: 99 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('lose' as const),
      method: fc.constantFrom(...WRITE_METHODS),
      nth: fc.integer({ min: 1, max: 3 }),
      effect: fc.boolean(),
    }),
  },
);

export const commands: fc.Arbitrary<readonly Command[]> = fc.array(command, { minLength: 2, maxLength: 8 });

/** What every mistake that we could think of trips over, whatever the seed. */
export const EXAMPLES: readonly (readonly Command[])[] = [
  // The effect of a create came and its outcome was not written down; then rows are looked up by a filter that lags.
  [aRun('apply', 17), aRun('apply', undefined, 'lookup')],
  [aRun('apply', 20), { do: 'sort', by: 7 }, aRun('resume', undefined, 'lookup')],
  // A row was done, and is edited before the run is resumed.
  [aRun('apply', 26), { do: 'edit', at: 0, column: 'name', to: 'Köln' }, aRun('resume')],
  // An answer is lost, with the effect and without.
  [{ do: 'lose', method: 'customers.create', nth: 1, effect: true }, aRun('apply')],
  [{ do: 'lose', method: 'customers.create', nth: 2, effect: false }, aRun('apply', undefined, 'lookup')],
];

function aRun(what: 'apply' | 'resume', diesAt?: number, snapshot: 'auto' | 'lookup' = 'auto'): Command {
  const end = diesAt === undefined ? undefined : { commit: diesAt, kept: false };
  return { do: what, concurrency: 1, snapshot, death: end };
}

/** A new row; every third domain has a Cloud Identity to be imported, the others are created. */
export function newRow(number: number): ModelRow {
  return {
    id: `=${number}`,
    domain: `customer${number}.example.com`,
    name: `Customer ${number}`,
    locality: 'Berlin',
    region: 'DE',
    note: '',
  };
}

export function hasIdentity(number: number): boolean {
  return number % 3 === 1;
}

/** The book after a command that changes it; other commands change nothing. */
export function changed(
  rows: readonly ModelRow[],
  command: Command,
  nextNumber: number,
): readonly ModelRow[] {
  switch (command.do) {
    case 'edit':
      return replaced(rows, command.at, (row) => ({ ...row, [command.column]: command.to }));
    case 'break':
      return replaced(rows, command.at, (row) => ({ ...row, region: 'ZZ' }));
    case 'mend':
      return rows.map((row) => ({ ...row, region: 'DE' }));
    case 'remove':
      return rows.length < 2 ? rows : rows.toSpliced(command.at % rows.length, 1);
    case 'add':
      return [...rows, ...Array.from({ length: command.rows }, (_, index) => newRow(nextNumber + index))];
    case 'sort':
      return rows.toSorted((one, other) => place(one.id, command.by) - place(other.id, command.by));
    default:
      return rows;
  }
}

function replaced(
  rows: readonly ModelRow[],
  at: number,
  change: (row: ModelRow) => ModelRow,
): readonly ModelRow[] {
  return rows.map((row, index) => (index === at % rows.length ? change(row) : row));
}

function place(id: string, by: number): number {
  return (Number(id.slice(1)) * (2 * by + 1)) % 31;
}
