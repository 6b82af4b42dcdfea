import type { AddressParts, CompiledRules, CompiledWrapper } from "./compiled-rules.ts";

/** Nobody wraps an address more often. */
export const wrappingsMax = 6;

/** Decodes percent-encoding; undefined when it is broken, because then nobody knows what was meant. */
const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
};

/** A parameter as it stands in the query, not yet decoded. */
const rawParameter = (path: string, name: string): string | undefined => {
  const query = path.slice(path.indexOf("?") + 1).split("#", 1)[0] ?? "";
  const found = query.split("&").find((part) => part.startsWith(`${name}=`));
  return found?.slice(name.length + 1);
};

const ofParameter = (path: string, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const raw = rawParameter(path, name);
    if (raw === undefined) continue;
    // A wrapped address that was not encoded goes on to the end: what looks like our parameters is its own.
    if (/^https?:\/\//i.test(raw)) return path.slice(path.indexOf(`${name}=`) + name.length + 1);
    return decoded(raw.replaceAll("+", "%20"));
  }
  return undefined;
};

/** `https%3A%2F%2Fhost%2Fpath` behind a path of the wrapper's own. */
const ofPath = (path: string): string | undefined => {
  const at = path.search(/https?(?:%3a|:)/i);
  return at < 0 ? undefined : decoded(path.slice(at));
};

/** URL Defense 2: `-` for `%`, `_` for `/`. */
const ofUrlDefense2 = (path: string): string | undefined => {
  const raw = rawParameter(path, "u");
  return raw === undefined ? undefined : decoded(raw.replaceAll("-", "%").replaceAll("_", "/"));
};

const runLengths = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * URL Defense 3: `/v3/__URL__;SIGNS!!…`, where `*` in the address stands for the next of the signs and
 * `**X` for a run of them, in base64 of their UTF-8 bytes.
 */
const ofUrlDefense3 = (path: string): string | undefined => {
  const start = path.indexOf("__");
  const end = path.indexOf("__;", start + 2);
  if (start < 0 || end < 0) return undefined;
  const address = path.slice(start + 2, end);
  const coded = path.slice(end + 3).split("!", 1)[0] ?? "";
  const signs = Buffer.from(coded, "base64url").toString("utf8");
  let next = 0;
  return address
    .replace(/\*(?:\*(?<length>[A-Za-z0-9_-]))?/g, (_, length: string | undefined) => {
      const count = length === undefined ? 1 : runLengths.indexOf(length) + 2;
      const part = signs.slice(next, next + count);
      next += count;
      return part;
    })
    .replace(/^(https?:)\/(?!\/)/i, "$1//");
};

const unwrapBy = ({ wrapper, path: pattern }: CompiledWrapper, path: string): string | undefined => {
  if (pattern && !pattern.matcher(path).lookingAt()) return undefined;
  switch (wrapper.form) {
    case "path":
      return ofPath(path.slice(1));
    case "urlDefense2":
      return ofUrlDefense2(path);
    case "urlDefense3":
      return ofUrlDefense3(path);
    default:
      return ofParameter(path, wrapper.parameters);
  }
};

/** The address inside a wrapped one, one layer of it; null when it is none, or broken. */
export const unwrapped = (
  { host, path }: Pick<AddressParts, "host" | "path">,
  rules: CompiledRules,
): { readonly by: string; readonly address: string } | null => {
  for (const wrapper of rules.wrappersFor(host)) {
    const address = unwrapBy(wrapper, path)?.trim();
    if (address !== undefined && address !== "") return { by: wrapper.wrapper.name, address };
  }
  return null;
};
