import type { cloudchannel_v1, auth } from 'googleapis/build/src/apis/cloudchannel/index.js';

/** Google's authentication library, as the API modules carry it. */
export type AuthLibrary = typeof auth;
export type OAuth2Client = InstanceType<AuthLibrary['OAuth2']>;
/** Google's HTTP client; authentication and API calls share one. */
export type Transporter = OAuth2Client['transporter'];
/** What a method takes besides its parameters. */
export type MethodOptions = Parameters<OAuth2Client['request']>[0];
export type ChannelApi = cloudchannel_v1.Cloudchannel;

export interface ChannelModule {
  readonly auth: AuthLibrary;
  readonly api: ChannelApi;
}

/** Loads the one API module: the whole package would cost over a second and 150 MB. */
export async function loadChannelModule(): Promise<ChannelModule> {
  const { auth, cloudchannel } = await import('googleapis/build/src/apis/cloudchannel/index.js');
  // Named, because a variable of the environment would otherwise send the calls to another universe's hosts.
  return { auth, api: cloudchannel({ version: 'v1', universeDomain: 'googleapis.com' }) };
}
