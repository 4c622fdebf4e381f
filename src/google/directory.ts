import type { ApiResult } from '../model/api-failure.ts';
import type { DirectoryUser } from '../model/directory-user.ts';
import type { CallContext } from './method.ts';

/** The request of `users.insert`, in Google's own words. */
export interface NewUser {
  readonly primaryEmail: string;
  readonly name: { readonly givenName: string; readonly familyName: string };
  /** 8 to 100 ASCII characters (Directory API v1, `users`); a secret. */
  readonly password: string;
  readonly changePasswordAtNextLogin: true;
  readonly recoveryEmail?: string;
}

/** What is read of the Directory API. */
export interface DirectoryReader {
  /** A user by its address (an alias of it too) or id. Google may not show one for minutes after it was made. */
  getUser(user: string, context?: CallContext): Promise<ApiResult<DirectoryUser>>;
  /** Whether a tenant has any user. */
  hasUsers(customerId: string, context?: CallContext): Promise<ApiResult<boolean>>;
  /** Default language of a tenant's new users; undefined where Google names none. */
  getLanguage(customerId: string, context?: CallContext): Promise<ApiResult<string | undefined>>;
}

/** What is written through the Directory API. Language and makeAdmin may safely be sent again, a new user may not. */
export interface DirectoryWriter {
  /** Sets the default language of users that are made from then on. */
  setLanguage(customerId: string, language: string, context?: CallContext): Promise<ApiResult<true>>;
  insertUser(user: NewUser, context?: CallContext): Promise<ApiResult<DirectoryUser>>;
  /** Makes a user a super admin. Google refuses this for a while after the user was made. */
  makeAdmin(user: string, context?: CallContext): Promise<ApiResult<true>>;
}
