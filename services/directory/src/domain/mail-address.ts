/** A domain as DNS has it: small letters, and `xn--` for what is not ASCII. Null when it is none. */
export const normalDomain = (domain: string): string | null => {
  const url = `http://${domain.trim().replace(/\.$/, "")}/`;
  if (!/^[^\s/?#@:\\[\]%]+$/.test(domain.trim()) || !URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  return hostname.includes(".") && hostname.length <= 253 ? hostname : null;
};

/**
 * A mail address in the one form in which addresses are compared: small letters, the domain as DNS has it.
 * Apostrophes, plus signs and dots belong to it as they are. Null when it is no address.
 */
export const normalAddress = (address: string): string | null => {
  const text = address.trim().normalize("NFC");
  const at = text.lastIndexOf("@");
  const [local, domain] = [text.slice(0, at), normalDomain(text.slice(at + 1))];
  if (at < 1 || local.length > 64 || domain === null || /[\s@"<>(),:;\\[\]]/.test(local)) return null;
  return `${local.toLowerCase()}@${domain}`;
};

/** The domain of a normal address. */
export const domainOf = (normal: string): string => normal.slice(normal.lastIndexOf("@") + 1);

/** Whether two addresses are the same mailbox's. */
export const sameAddress = (one: string, other: string): boolean => {
  const normal = normalAddress(one);
  return normal !== null && normal === normalAddress(other);
};
