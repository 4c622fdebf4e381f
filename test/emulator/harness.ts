import { onTestFinished } from 'vitest';

import type { Clock } from '../../src/clock.ts';
import { startEmulator } from '../../src/emulator/server.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/server.ts';
import type { WorldInput } from '../../src/emulator/world.ts';

export const ACCOUNT = 'C012345';

type IdentityInput = NonNullable<WorldInput['identities']>[number];
type CustomerInput = NonNullable<WorldInput['customers']>[number];
type PartnerLinkInput = NonNullable<WorldInput['partnerLinks']>[number];

/** A world that holds nothing but what the test names; no list lags and no quota ends unless it says so. */
export function aWorld(parts: Partial<WorldInput> = {}): WorldInput {
  const { quotas, switches, ...rest } = parts;
  return {
    account: ACCOUNT,
    ...rest,
    quotas: { 'channel.list': null, 'channel.operations': null, 'channel.other': null, ...quotas },
    switches: { filterLagMs: 0, ...switches },
  };
}

/** A Cloud Identity of type DOMAIN that consented to be imported; ID and address follow from the domain. */
export function anIdentity(parts: Partial<IdentityInput> & { readonly domain: string }): IdentityInput {
  return {
    cloudIdentityId: cloudIdentityIdOf(parts.domain),
    orgDisplayName: `Org of ${parts.domain}`,
    orgPostalAddress: anAddress(),
    alternateEmail: 'owner@mail.example',
    languageCode: 'en',
    consent: true,
    ...parts,
  };
}

/** A customer as Google returns it, linked to the identity that `anIdentity` makes for the domain. */
export function aRemoteCustomer(parts: Partial<CustomerInput> & { readonly domain: string }): CustomerInput {
  return {
    name: `accounts/${ACCOUNT}/customers/${parts.domain.replaceAll('.', '-')}`,
    cloudIdentityId: cloudIdentityIdOf(parts.domain),
    orgDisplayName: `Org of ${parts.domain}`,
    orgPostalAddress: anAddress(),
    alternateEmail: 'owner@mail.example',
    languageCode: 'en',
    cloudIdentityInfo: { customerType: 'DOMAIN', primaryDomain: parts.domain },
    ...parts,
  };
}

export function aPartnerLink(parts: Partial<PartnerLinkInput> = {}): PartnerLinkInput {
  return { resellerCloudIdentityId: 'C0partner', publicId: 'partner-public', ...parts };
}

export function anAddress(parts: CustomerInput['orgPostalAddress'] = {}): CustomerInput['orgPostalAddress'] {
  return { regionCode: 'DE', postalCode: '10115', locality: 'Berlin', addressLines: ['Weg 1'], ...parts };
}

/** The least that the Reseller API takes for a customer of type domain. */
export function aResellerBody(parts: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    customerDomain: 'new.example',
    alternateEmail: 'owner@mail.example',
    postalAddress: aLegacyAddress(),
    ...parts,
  };
}

/** The least that the Reseller API takes for an address. */
export function aLegacyAddress(parts: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    contactName: 'Ann Lee',
    organizationName: 'New',
    postalCode: '10115',
    countryCode: 'DE',
    ...parts,
  };
}

/** The least that the Directory API takes for a user. */
export function aNewUser(parts: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    primaryEmail: 'ann@a.example',
    name: { givenName: 'Ann', familyName: 'Lee' },
    password: 'correct horse',
    ...parts,
  };
}

/** `{ error: … }` as the Reseller and Directory APIs write it. */
export function aLegacyError(code: number, reason: string, message: string, domain = 'global'): unknown {
  return { error: { code, message, errors: [{ domain, reason, message }] } };
}

export function cloudIdentityIdOf(domain: string): string {
  return `C0${domain.replaceAll(/[^a-z0-9]/g, '')}`;
}

/** Time that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves both clocks on, and wakes who slept so long. */
  advance(delayMs: number): void;
}

export function manualClock(startMs = Date.UTC(2026, 0, 15, 12)): ManualClock {
  let elapsedMs = 0;
  const sleepers = new Set<{ readonly dueMs: number; readonly wake: () => void }>();
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { dueMs: elapsedMs + delayMs, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    advance: (delayMs) => {
      elapsedMs += delayMs;
      for (const sleeper of sleepers) {
        if (sleeper.dueMs > elapsedMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}

/** A JSON answer, or the text where it is none. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** An emulator for one test, and a plain client that speaks to it as Google's clients do. */
export interface TestEmulator {
  readonly emulator: Emulator;
  readonly clock: ManualClock;
  /** `path` goes below the base address; bodies are sent as JSON unless they are text. Rejects where no answer comes. */
  call(
    verb: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Heard>;
}

/** Starts an emulator on a clock that stands still, and closes it when the test ends. */
export async function emulate(
  world: WorldInput = aWorld(),
  options: Omit<EmulatorOptions, 'world' | 'clock'> = {},
): Promise<TestEmulator> {
  const clock = manualClock();
  const emulator = await startEmulator({ ...options, world, clock });
  onTestFinished(() => emulator.close());
  return {
    emulator,
    clock,
    call: (verb, path, body, headers) => callEmulator(emulator, verb, path, body, headers),
  };
}

async function callEmulator(
  emulator: Emulator,
  verb: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = { authorization: 'Bearer test' },
): Promise<Heard> {
  const answer = await fetch(emulator.url + path, {
    method: verb,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: jsonOrText(await answer.text()) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
