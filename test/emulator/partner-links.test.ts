import { describe, expect, it } from 'vitest';

import { ACCOUNT, aPartnerLink, aWorld, emulate } from './harness.ts';

const LINKS = `/v1/accounts/${ACCOUNT}/channelPartnerLinks`;

describe('channelPartnerLinks', () => {
  const link = aPartnerLink({
    inviteLinkUri: 'https://invite.example',
    channelPartnerCloudIdentityInfo: { customerType: 'DOMAIN', primaryDomain: 'partner.example' },
  });
  const basic = {
    name: `accounts/${ACCOUNT}/channelPartnerLinks/C0partner`,
    resellerCloudIdentityId: 'C0partner',
    linkState: 'ACTIVE',
    inviteLinkUri: 'https://invite.example',
    publicId: 'partner-public',
    createTime: '2025-12-16T12:00:00.000Z',
    updateTime: '2025-12-16T12:00:00.000Z',
  };
  const full = { ...basic, channelPartnerCloudIdentityInfo: link.channelPartnerCloudIdentityInfo };

  it('answers the partner’s Cloud Identity in the full view only', async () => {
    const google = await emulate(aWorld({ partnerLinks: [link] }));
    expect((await google.call('GET', LINKS)).body).toEqual({ channelPartnerLinks: [basic] });
    expect((await google.call('GET', `${LINKS}?view=FULL`)).body).toEqual({ channelPartnerLinks: [full] });
    expect((await google.call('GET', `${LINKS}/C0partner?view=BASIC`)).body).toEqual(basic);
    expect((await google.call('GET', `${LINKS}/C0partner?view=FULL`)).body).toEqual(full);
  });

  it('has pages of 25 unless asked otherwise, and cuts them to 200', async () => {
    const partnerLinks = Array.from({ length: 201 }, (_, index) =>
      aPartnerLink({ resellerCloudIdentityId: `C0${index}` }),
    );
    const google = await emulate(aWorld({ partnerLinks }));
    const sizes: number[] = [];
    for (const query of ['', 'pageSize=0', 'pageSize=999']) {
      const page = (await google.call('GET', `${LINKS}?${query}`)).body as { channelPartnerLinks: [] };
      sizes.push(page.channelPartnerLinks.length);
    }
    expect(sizes).toEqual([25, 25, 200]);
    const first = (await google.call('GET', `${LINKS}?pageSize=200`)).body as { nextPageToken: string };
    const last = await google.call('GET', `${LINKS}?pageSize=200&pageToken=${first.nextPageToken}`);
    expect(last.body).toEqual({
      channelPartnerLinks: [expect.objectContaining({ resellerCloudIdentityId: 'C0200' })],
    });
  });

  it('answers an empty message where there is no link', async () => {
    expect((await (await emulate()).call('GET', LINKS)).body).toEqual({});
  });

  it('refuses an unknown view and does not find an unknown link', async () => {
    const google = await emulate();
    expect((await google.call('GET', `${LINKS}?view=ALL`)).status).toBe(400);
    expect((await google.call('GET', `${LINKS}/C0x`)).status).toBe(404);
  });
});
