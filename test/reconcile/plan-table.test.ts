import { describe, expect, it } from 'vitest';
import type { PlanExample, PlanFacts, PlanGroup } from '../../src/ledger/plan-facts.ts';
import { DEFAULT_QUOTAS } from '../../src/model/bucket.ts';
import { estimate } from '../../src/plan/estimate.ts';
import type { SafetyFault } from '../../src/plan/safety.ts';
import { columnsOf } from '../../src/reconcile/fit-line.ts';
import { planSummary, planTable } from '../../src/reconcile/plan-table.ts';
import { aDifference } from '../ledger/planned-run.ts';

function anExample(rest: Partial<PlanExample> = {}): PlanExample {
  return {
    row: 1,
    key: 'A-1',
    identity: 'acme.com',
    name: undefined,
    differences: [],
    moreDifferences: 0,
    customer: undefined,
    cause: undefined,
    ...rest,
  };
}

function aGroup(rest: Partial<PlanGroup> = {}): PlanGroup {
  return { outcome: 'planned', action: 'update', count: 1, examples: [], columns: [], causes: [], ...rest };
}

const steps = {
  imports: 3,
  overwritingImports: 0,
  creates: 0,
  patches: 50,
  provisions: 2,
  resumed: 1,
  inserts: 0,
  directory: 0,
};

function theFacts(groups: readonly PlanGroup[]): PlanFacts {
  function countOf(some: readonly PlanGroup[]): number {
    return some.reduce((sum, { count }) => sum + count, 0);
  }
  return {
    rows: countOf(groups),
    acting: countOf(groups.filter(({ outcome }) => outcome === 'planned')),
    groups,
    steps,
    safety: { creates: 2, imports: 3, updates: 50 },
  };
}

const noLimits: readonly SafetyFault[] = [];
const limit: SafetyFault = {
  kind: 'creates',
  count: 412,
  limit: 25,
  message: '412 rows create, provision or onboard a customer, the limit is 25',
  waiver: '--allow creates=412',
};

function plain(_: string, text: string): string {
  return text;
}

function shown(groups: readonly PlanGroup[], width = 120, limits = noLimits): string {
  return planTable(theFacts(groups), estimate(steps, DEFAULT_QUOTAS), limits, plain, width);
}

const groups: readonly PlanGroup[] = [
  aGroup({
    action: 'create',
    count: 2,
    examples: [
      anExample({ key: 'new.com', identity: 'new.com', name: 'New & Sons' }),
      anExample({ key: 'A-3' }),
    ],
  }),
  aGroup({
    count: 50,
    examples: [
      anExample({
        key: 'A-12',
        differences: [aDifference(), aDifference({ column: 'postal_code', google: undefined, book: '1010' })],
        moreDifferences: 2,
      }),
    ],
    columns: [
      { column: 'org_display_name', count: 40 },
      { column: 'postal_code', count: 9 },
      { column: 'locality', count: 8 },
      { column: 'id', count: 7 },
      { column: 'language_code', count: 6 },
    ],
  }),
  aGroup({ outcome: 'unchanged', action: 'none', count: 9000, examples: [anExample()] }),
  aGroup({ outcome: 'skipped', action: 'skip', count: 4, examples: [anExample()] }),
  aGroup({
    outcome: 'skipped',
    action: 'none',
    examples: [anExample({ differences: [aDifference()] })],
    columns: [{ column: 'org_display_name', count: 1 }],
  }),
  aGroup({
    outcome: 'invalid',
    action: 'auto',
    count: 2,
    examples: [
      anExample({
        row: 7,
        key: '',
        identity: undefined,
        cause: { code: 'domain.syntax', column: 'domain', message: 'domain "x" is none.', hint: '' },
      }),
    ],
    causes: [{ code: 'domain.syntax', count: 2 }],
  }),
];

describe('planTable', () => {
  it('shows what would be done, what would not, what it costs and which limits it passes', () => {
    expect(shown(groups, 120, [limit])).toBe(
      [
        'To do: 52 of 9059 rows',
        '  create   2',
        '      new.com  "New & Sons"',
        '      A-3 acme.com',
        '  update  50  org_display_name 40, postal_code 9, locality 8, id 7, and 1 more',
        '      A-12 acme.com  org_display_name: "Old" -> "New"; postal_code: (empty) -> "1010"; and 2 more',
        '      and 49 more',
        '',
        'Nothing to do: 9007 rows',
        '  unchanged       9000',
        '  skipped (skip)     4',
        '  skipped            1  org_display_name 1',
        '      A-1 acme.com  org_display_name: "Old" -> "New"',
        '  invalid (auto)     2  domain.syntax 2',
        '      row 7  domain "x" is none.',
        '      and 1 more',
        '',
        'Calls to make, at most: 27 s by the quotas',
        '  channel.operations  12  1 s at 600 a minute',
        '  channel.other       55  27 s at 120 a minute',
        '',
        'Past the safety limits',
        '  creates: 412 rows create, provision or onboard a customer, the limit is 25',
        '  With --yes apply refuses this unless it is given:',
        '    --allow creates=412',
      ].join('\n'),
    );
  });

  it('says that there is nothing to do', () => {
    const facts = theFacts([aGroup({ outcome: 'unchanged', action: 'none', count: 1 })]);

    expect(planTable(facts, { buckets: [], seconds: 0 }, noLimits, plain, 80)).toBe(
      'To do: 0 of 1 row\n\nNothing to do: 1 row\n  unchanged  1',
    );
  });

  it.each([24, 40, 60, 80])('fits a terminal of %i columns, ends cut lines in an ellipsis', (width) => {
    const lines = shown(groups, width).split('\n');

    expect(lines.filter((line) => columnsOf(line) > width)).toEqual([]);
    expect(lines.some((line) => line.endsWith('…'))).toBe(true);
  });

  it('wraps the limits instead of cutting them', () => {
    const text = shown(groups, 44, [limit]);

    expect(text.slice(text.indexOf('Past'))).toBe(
      [
        'Past the safety limits',
        '  creates: 412 rows create, provision or',
        '    onboard a customer, the limit is 25',
        '  With --yes apply refuses this unless it',
        '    is given:',
        '    --allow creates=412',
      ].join('\n'),
    );
  });

  it('counts wide letters as the two columns that they take', () => {
    const wide = aGroup({ examples: [anExample({ name: '漢'.repeat(40) })] });

    const line = shown([wide], 40).split('\n')[2] ?? '';

    expect([line, columnsOf(line)]).toEqual([`      A-1 acme.com  "${'漢'.repeat(9)}…`, 40]);
  });

  it('spells out what would command the terminal or deceive the eye', () => {
    const hostile = 'a\u001b[2Jb\nc\u202ed\u0007\u009be';
    const rows = [
      aGroup({
        examples: [
          anExample({
            key: hostile,
            identity: hostile,
            differences: [aDifference({ book: hostile, google: hostile })],
          }),
          anExample({ name: hostile }),
        ],
      }),
      aGroup({
        outcome: 'blocked',
        action: hostile,
        examples: [anExample({ cause: { code: hostile, message: hostile, hint: hostile } })],
        causes: [{ code: hostile, count: 1 }],
      }),
    ];

    const text = shown(rows, 400);

    // eslint-disable-next-line no-control-regex -- that there is none is what is tested
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(text.match(/a\\x1b\[2Jb\\x0ac\\u202ed\\x07\\x9be/g)).toHaveLength(7);
  });

  it('shortens a long value, so that the one beside it is seen', () => {
    const long = aGroup({
      examples: [anExample({ differences: [aDifference({ google: 'x'.repeat(500) })] })],
    });

    expect(shown([long], 200).split('\n')[2]).toBe(
      `      A-1 acme.com  org_display_name: "${'x'.repeat(47)}…" -> "New"`,
    );
  });

  it('is coloured through paint alone, which changes no text and no width', () => {
    const painted: string[] = [];
    const coloured = planTable(
      theFacts(groups),
      estimate(steps, DEFAULT_QUOTAS),
      [limit],
      (colour, text) => {
        painted.push(colour);
        return `<${text}>`;
      },
      60,
    );

    expect(coloured.replace(/<([^<>]*)>/g, '$1')).toBe(shown(groups, 60, [limit]));
    expect([...new Set(painted)].sort()).toEqual(['bold', 'dim', 'green', 'red', 'yellow']);
  });
});

describe('planSummary', () => {
  it('has the rows with work by action, the calls by bucket, and whole seconds', () => {
    expect(planSummary(theFacts(groups), estimate(steps, DEFAULT_QUOTAS))).toEqual({
      actions: { create: 2, update: 50 },
      calls: { 'channel.operations': 12, 'channel.other': 55 },
      seconds: 27,
    });
  });
});
