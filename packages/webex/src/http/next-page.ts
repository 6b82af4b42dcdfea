import { ProviderError } from "@hybrid/kernel";

/**
 * The address of the next page from a Link header (RFC 8288; Webex promises rel=next only), or undefined.
 * Rejects one that leaves `current`'s origin: the token must go nowhere else. Restores the page size where
 * the service writes `max=null`, a known defect of it.
 */
export const nextPage = (link: string | undefined, current: URL): URL | undefined => {
  const target = link
    ?.split(/,\s*(?=<)/)
    .map((part) => /^\s*<(?<target>[^>]*)>\s*;(?<parameters>.*)$/.exec(part)?.groups)
    .find((groups) => /(?:^|;)\s*rel="?next"?\s*(?:;|$)/i.test(groups?.["parameters"] ?? ""))?.["target"];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, current.href) ? new URL(target, current) : undefined;
  if (next?.origin !== current.origin)
    throw new ProviderError("Webex named a next page that lies outside its own address; it is not followed", {
      code: "unexpected",
      retryable: false,
    });
  if (next.searchParams.get("max") === "null") {
    const size = current.searchParams.get("max");
    if (size === null) next.searchParams.delete("max");
    else next.searchParams.set("max", size);
  }
  return next;
};
