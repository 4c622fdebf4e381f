import type { admin_directory_v1 } from 'googleapis/build/src/apis/admin/directory_v1.js';
import type { cloudchannel_v1, auth } from 'googleapis/build/src/apis/cloudchannel/index.js';
import type { reseller_v1 } from 'googleapis/build/src/apis/reseller/v1.js';

/** Google's authentication library, as the API modules carry it. */
export type AuthLibrary = typeof auth;
export type OAuth2Client = InstanceType<AuthLibrary['OAuth2']>;
/** Google's HTTP client; authentication and API calls share one. */
export type Transporter = OAuth2Client['transporter'];
/** What a method takes besides its parameters. */
export type MethodOptions = Parameters<OAuth2Client['request']>[0];
export type ChannelApi = cloudchannel_v1.Cloudchannel;
export type ResellerApi = reseller_v1.Reseller;
export type DirectoryApi = admin_directory_v1.Admin;

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

/** Loaded when it is first called: a run without onboarding does without. */
export async function loadResellerApi(): Promise<ResellerApi> {
  const { reseller } = await import('googleapis/build/src/apis/reseller/index.js');
  return reseller({ version: 'v1', universeDomain: 'googleapis.com' });
}

/** As `loadResellerApi`. */
export async function loadDirectoryApi(): Promise<DirectoryApi> {
  const { admin } = await import('googleapis/build/src/apis/admin/index.js');
  return admin({ version: 'directory_v1', universeDomain: 'googleapis.com' });
}
