/** `accounts/A`. */
export function isAccount(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+$/.test(name);
}

/** `accounts/A` or `accounts/A/channelPartnerLinks/P`: what customers are listed, created and imported under. */
export function isParent(name: string): boolean {
  return isAccount(name) || isPartnerLink(name);
}

/** `accounts/A/channelPartnerLinks/P`. */
export function isPartnerLink(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+\/channelPartnerLinks\/[^/]+$/.test(name);
}

/** `accounts/A/customers/C`, or the same under a channel partner link. */
export function isCustomer(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+(?:\/channelPartnerLinks\/[^/]+)?\/customers\/[^/]+$/.test(name);
}

/** `accounts/A/customers/C` alone: some methods know a customer by no other name. */
export function isOwnCustomer(name: string): boolean {
  return isPath(name) && /^accounts\/[^/]+\/customers\/[^/]+$/.test(name);
}

/** `operations/…`, of any depth: Google does not say what its own names look like. */
export function isOperation(name: string): boolean {
  return isPath(name) && /^operations\/[^?#]+$/.test(name);
}

/** One part of an address: an id, a domain, an e-mail address. */
export function isSegment(name: string): boolean {
  return name !== '' && !name.includes('/') && isPath(name);
}

/** Whether the library makes the address of the name that it is: it throws on half of a surrogate pair. */
function isPath(name: string): boolean {
  return name.isWellFormed() && !name.split('/').some((segment) => segment === '.' || segment === '..');
}
