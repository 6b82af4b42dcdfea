import type { FoundAddress } from "./addresses.ts";
import type { AddressParts } from "./compiled-rules.ts";

/** Schemes whose addresses are `user@host`, without slashes. */
const dialed = new Set(["sip", "sips", "h323", "bare"]);

const dialable =
  /^(?:(?:sips?|h323):)?(?<user>[^@\s/?;<>]{1,128})@(?<host>[a-z0-9.-]{3,253})(?::(?<port>\d{1,5}))?(?:[;?].*)?$/i;

/** The host of an address as it is written, without parsing it; lower case. */
export const writtenHost = ({ scheme, text }: FoundAddress): string => {
  const start = dialed.has(scheme) ? text.lastIndexOf("@") + 1 : scheme === "none" ? 0 : scheme.length + 3;
  let end = start;
  while (end < text.length && end - start < 260 && !"/?#:;".includes(text.charAt(end))) end += 1;
  return text.slice(start, end).toLowerCase().replace(/\.$/, "");
};

/**
 * Takes an address apart as a browser or a video system would; null when it is none. A web address with a
 * name before an `@` keeps it in `user`, so that no rule for web addresses takes it.
 */
export const partsOf = ({ scheme, text }: Pick<FoundAddress, "scheme" | "text">): AddressParts | null => {
  if (dialed.has(scheme)) {
    const found = dialable.exec(text)?.groups;
    const host = found?.["host"]?.toLowerCase().replace(/\.$/, "");
    if (!found || !host || !/^(?:[a-z0-9-]+\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/.test(host)) return null;
    return { scheme, host, user: found["user"] ?? "", port: "", path: "", query: new URLSearchParams() };
  }
  const url = URL.parse(scheme === "none" ? `https://${text}` : text);
  if (!url) return null;
  const user = url.username === "" && url.password === "" ? "" : `${url.username}:${url.password}`;
  return {
    scheme: url.protocol.slice(0, -1),
    host: url.hostname.toLowerCase().replace(/\.$/, ""),
    user,
    port: url.port,
    path: `${url.pathname}${url.search}${url.hash}`,
    query: url.searchParams,
  };
};
