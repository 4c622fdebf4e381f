import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = new URL('../src', import.meta.url).pathname;

/** The folders in the order in which data flows; a folder knows only those before it. */
const ORDER = [
  'model',
  'config',
  'ledger',
  'google',
  'book',
  'validate',
  'intake',
  'snapshot',
  'plan',
  'export',
  'apply',
  'undo',
  'reconcile',
  'notify',
  'cli',
];

/** Pure by import: no effects, no process, no clock. */
const PURE = [
  /^model\//,
  /^validate\//,
  /^export\//,
  /^config\/base-address\.ts$/,
  /^plan\/(?:decide|identities|safety|estimate|link|compare|requests|policy-causes|address-lines|text-forms|decide-onboard|tenant-facts|onboard-causes|onboard-requests)\.ts$/,
  /^google\/(?:classify|limits)\.ts$/,
  /^snapshot\/(?:common-cause|run-fault)\.ts$/,
  /^apply\/(?:verdict|onboard-verdict)\.ts$/,
  /^notify\/(?:template|placeholders|facts)\.ts$/,
  /^undo\/(?:decide|fields|causes|written)\.ts$/,
];

/** `node:url` and the like only compute. */
const EFFECTS = /^node:(?!url$|util$|path$)/;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map((match) => {
    const target = match[1] ?? '';
    return { from: file, to: target.startsWith('.') ? normalize(join(dirname(file), target)) : target };
  });
}

const all = files.flatMap(importsOf);

function rank(file: string): number {
  return ORDER.indexOf(file.split('/')[0] ?? '');
}

describe('the layout', () => {
  it('has imports that point one way', () => {
    const backwards = all.filter(({ from, to }) => rank(from) >= 0 && rank(to) > rank(from));

    expect(backwards).toEqual([]);
  });

  it('keeps client and emulator apart, so that they cannot share a mistake', () => {
    const shared = all.filter(
      ({ from, to }) =>
        from.startsWith('emulator/') && !to.startsWith('emulator/') && ORDER.includes(to.split('/')[0] ?? ''),
    );

    expect(shared).toEqual([]);
  });

  it('keeps what decides free of effects', () => {
    const effects = all.filter(
      ({ from, to }) =>
        PURE.some((pattern) => pattern.test(from)) &&
        (EFFECTS.test(to) || to === 'clock.ts' || to === 'log.ts'),
    );

    expect(effects).toEqual([]);
  });

  it('never loads all of googleapis', () => {
    expect(all.filter(({ to }) => to === 'googleapis')).toEqual([]);
  });

  it('has a file for every import', () => {
    const missing = all.filter(({ to }) => to.endsWith('.ts') && !files.includes(relative('.', to)));

    expect(missing).toEqual([]);
  });
});
