import { describe, expect, it } from 'vitest';
import { planFacts } from '../../src/ledger/plan-facts.ts';
import { endRow } from '../../src/ledger/rows.ts';
import type { RowPlan, StepPlan } from '../../src/model/plan.ts';
import { aCustomer } from '../builders.ts';
import {
  aDifference,
  aLedger,
  anEnding,
  anUnchanged,
  anUpdate,
  aPlan,
  RUN,
  storePlan,
} from './planned-run.ts';

const LINKED = 'accounts/C1/customers/S1';
const IMPORT: StepPlan = { kind: 'import', overwriteIfExists: false, customer: undefined };
const OVERWRITE: StepPlan = { kind: 'import', overwriteIfExists: true, customer: LINKED };
const CREATE: StepPlan = { kind: 'create' };
const PATCH: StepPlan = { kind: 'patch' };
const PROVISION: StepPlan = { kind: 'provision', operation: undefined };
const RESUME: StepPlan = { kind: 'provision', operation: 'operations/1' };
const ONBOARDING: readonly StepPlan[] = [
  { kind: 'insert' },
  { kind: 'language' },
  { kind: 'user' },
  { kind: 'admin' },
];

function factsOf(plan: Partial<RowPlan>): Pick<ReturnType<typeof planFacts>, 'steps' | 'safety'> {
  const ledger = aLedger();
  storePlan(ledger, [{ customer: aCustomer(), plan: aPlan(plan) }]);
  const { steps, safety } = planFacts(ledger, RUN);
  return { steps, safety };
}

describe('planFacts', () => {
  const none = {
    imports: 0,
    overwritingImports: 0,
    creates: 0,
    patches: 0,
    provisions: 0,
    resumed: 0,
    inserts: 0,
    directory: 0,
  };
  const safe = { creates: 0, imports: 0, updates: 0 };

  it.each<readonly [string, Partial<RowPlan>, Partial<typeof none>, Partial<typeof safe>]>([
    ['an import', { steps: [IMPORT] }, { imports: 1 }, { imports: 1 }],
    [
      'an import and what the book has',
      { steps: [IMPORT, PATCH] },
      { imports: 1, patches: 1 },
      { imports: 1 },
    ],
    [
      'an import that may overwrite what nobody has seen',
      { steps: [{ ...OVERWRITE, customer: undefined }, PATCH] },
      { imports: 1, patches: 1 },
      { imports: 1, updates: 1 },
    ],
    [
      'an import over a customer',
      { steps: [OVERWRITE, PATCH], customer: LINKED },
      { imports: 1, overwritingImports: 1, patches: 1 },
      { imports: 1, updates: 1 },
    ],
    ['an update', { steps: [PATCH], customer: LINKED }, { patches: 1 }, { updates: 1 }],
    ['a create', { steps: [CREATE] }, { creates: 1 }, { creates: 1 }],
    [
      'a create that is provisioned',
      { steps: [CREATE, PROVISION] },
      { creates: 1, provisions: 1 },
      { creates: 1 },
    ],
    ['a provisioning', { steps: [PROVISION], customer: LINKED }, { provisions: 1 }, { creates: 1 }],
    [
      'a provisioning after an update',
      { steps: [PATCH, PROVISION], customer: LINKED },
      { patches: 1, provisions: 1 },
      { creates: 1, updates: 1 },
    ],
    ['an operation that is waited for', { steps: [RESUME], customer: LINKED }, { resumed: 1 }, {}],
    ['an onboarding', { steps: ONBOARDING }, { inserts: 1, directory: 3 }, { creates: 1 }],
    ['an onboarding that is gone on from', { steps: ONBOARDING.slice(2) }, { directory: 2 }, { creates: 1 }],
    ['an admin that is missing', { steps: ONBOARDING.slice(3) }, { directory: 1 }, {}],
    ['nothing', { customer: LINKED }, {}, {}],
  ])('counts the steps and the rows at risk of %s', (_, plan, steps, safety) => {
    expect(factsOf(plan)).toEqual({ steps: { ...none, ...steps }, safety: { ...safe, ...safety } });
  });

  it('groups rows by what is done and by how the others end, with the first of each and what is frequent', () => {
    const ledger = aLedger();
    const drift = [
      aDifference({ column: 'postal_code', book: '1', google: undefined }),
      aDifference({ column: 'org_display_name' }),
      aDifference({ column: 'locality' }),
      aDifference({ column: 'language_code' }),
    ];
    const cause = { code: 'domain.syntax', column: 'domain', message: 'm', hint: 'h' };
    storePlan(ledger, [
      {
        key: 'bad',
        ending: anEnding({ outcome: 'invalid', action: 'auto', causes: [cause, { ...cause, code: 'x' }] }),
      },
      anUnchanged('S1'),
      {
        customer: aCustomer({ domain: 's2.com', org_display_name: 'Two' }),
        plan: aPlan({ differences: drift, customer: LINKED }),
        ending: anEnding({ outcome: 'skipped', drift: true }),
      },
      ...['U1', 'U2', 'U3'].map((id) => anUpdate(id)),
      anUpdate('U4', { column: 'locality' }),
      { customer: aCustomer({ domain: 'new.com' }), plan: aPlan({ action: 'create', steps: [CREATE] }) },
      { customer: aCustomer({ domain: 'late.com' }) },
    ]);

    const { rows, acting, groups } = planFacts(ledger, RUN);

    expect([rows, acting]).toEqual([9, 5]);
    expect(
      groups.map(({ outcome, action, count, columns, causes }) => [outcome, action, count, columns, causes]),
    ).toEqual([
      ['planned', 'create', 1, [], []],
      [
        'planned',
        'update',
        4,
        [
          { column: 'org_display_name', count: 3 },
          { column: 'locality', count: 1 },
        ],
        [],
      ],
      ['unchanged', 'none', 1, [], []],
      ['skipped', 'none', 1, drift.map(({ column }) => ({ column, count: 1 })), []],
      ['invalid', 'auto', 1, [], [{ code: 'domain.syntax', count: 1 }]],
      ['unprocessed', 'import', 1, [], []],
    ]);
    expect(groups.map(({ examples }) => examples.map(({ key }) => key))).toEqual([
      ['new.com'],
      ['U1', 'U2', 'U3'],
      ['S1'],
      ['s2.com'],
      ['bad'],
      ['late.com'],
    ]);
    expect(groups[3]?.examples[0]).toEqual({
      row: 3,
      key: 's2.com',
      identity: 's2.com',
      name: 'Two',
      differences: drift.slice(0, 3),
      moreDifferences: 1,
      customer: LINKED,
      cause: undefined,
    });
    expect(groups[4]?.examples[0]?.cause).toEqual(cause);
  });

  it('says the same once the plan was applied, however that ended', () => {
    const ledger = aLedger();
    storePlan(ledger, [anUpdate('U1'), anUpdate('U2'), anUnchanged('S1')]);
    const before = planFacts(ledger, RUN);

    endRow(ledger, RUN, 1, anEnding({ outcome: 'done', action: 'update' }));
    endRow(
      ledger,
      RUN,
      2,
      anEnding({
        outcome: 'failed',
        action: 'update',
        causes: [{ code: 'NOT_FOUND', message: 'm', hint: 'h' }],
      }),
    );

    expect(planFacts(ledger, RUN)).toEqual(before);
  });

  it('counts every row of a run of many pages, and none of another run', () => {
    const ledger = aLedger();
    storePlan(
      ledger,
      Array.from({ length: 2500 }, (_, index) => anUpdate(`U${index}`)),
    );

    const { rows, acting, safety } = planFacts(ledger, RUN);

    expect([rows, acting, safety.updates, planFacts(ledger, RUN + 1).rows]).toEqual([2500, 2500, 2500, 0]);
  });
});
