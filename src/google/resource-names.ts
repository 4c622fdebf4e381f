/** `accounts/A` or `accounts/A/channelPartnerLinks/P`: what customers are listed and imported under. */
export function isParent(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+(?:\/channelPartnerLinks\/[^/]+)?$/.test(name);
}

/** `accounts/A/customers/C`, or the same under a channel partner link. */
export function isCustomer(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+(?:\/channelPartnerLinks\/[^/]+)?\/customers\/[^/]+$/.test(name);
}

function isPath(name: string): boolean {
  return !name.split('/').some((segment) => segment === '.' || segment === '..');
}
