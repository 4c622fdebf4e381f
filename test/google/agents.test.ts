import { Agent as HttpsAgent } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAgents, type Environment } from '../../src/google/agents.ts';

function agentFor(address: string, environment: Environment) {
  const agents = createAgents(environment);
  onTestFinished(() => {
    agents.close();
  });
  return agents.agentFor(new URL(address));
}

describe('createAgents', () => {
  it('has an agent for each protocol', () => {
    expect(agentFor('https://cloudchannel.googleapis.com', {})).toBeInstanceOf(HttpsAgent);
    expect(agentFor('http://api.example', {})).not.toBeInstanceOf(HttpsAgent);
  });

  const proxy = { HTTPS_PROXY: 'http://proxy.example:3128' };
  it.each<[string, Environment, boolean]>([
    ['https://cloudchannel.googleapis.com', proxy, true],
    ['https://cloudchannel.googleapis.com', { http_proxy: 'http://proxy.example' }, true],
    ['https://cloudchannel.googleapis.com', { HTTPS_PROXY: '' }, false],
    ['https://cloudchannel.googleapis.com', { ...proxy, NO_PROXY: 'a.example, .googleapis.com' }, false],
    ['https://api.example', { ...proxy, no_proxy: '*.example' }, false],
    ['https://badexample', { ...proxy, no_proxy: 'example' }, true],
    ['http://127.0.0.1:8080', proxy, false],
  ])('leaves %s to the proxy of %j: %s', (address, environment, isLeft) => {
    expect(agentFor(address, environment) === undefined).toBe(isLeft);
  });
});
