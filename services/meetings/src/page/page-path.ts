/** Where the page is on the listener that services share. */
export const pagePath = "/meetings";

/** A link to the page with a token in its fragment, which no browser sends to a server or a proxy. */
export const pageLink = (origin: string, token: string): string =>
  `${origin.replace(/\/$/, "")}${pagePath}/#token=${token}`;
