/** Reseller and Channel need this one scope (Cloud Channel API v1, "Authorization scopes"). */
export const CHANNEL_SCOPE = 'https://www.googleapis.com/auth/apps.order';
