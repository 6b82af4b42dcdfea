/** Hosts of Webex that are nobody's site. */
const noSites = new Set(["meet", "meetup", "www", "web", "help", "developer", "teams", "m", "admin"]);

const siteIn = /^(?:[^@\s]+@|https?:\/\/)?(?<site>(?<name>[a-z0-9-]+)(?:\.my)?\.webex\.com)(?:[/:?#].*)?$/i;

/** The Webex site that a video address or a link belongs to, such as `acme.webex.com`; null when to none. */
export const webexSiteOf = (address: string): string | null => {
  const { site, name } = siteIn.exec(address.trim().slice(0, 2_000))?.groups ?? {};
  if (site === undefined || name === undefined || noSites.has(name.toLowerCase())) return null;
  return site.toLowerCase();
};
