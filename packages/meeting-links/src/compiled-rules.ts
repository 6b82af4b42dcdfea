import { RE2JS } from "re2js";
import type { AddressRule, LinesRule, RuleBook, Wrapper } from "./rule.ts";

/** An address taken apart, the way a browser would follow it. */
export interface AddressParts {
  readonly scheme: string;
  /** Lower case, international names in their ASCII form. */
  readonly host: string;
  /** What stands before the `@`; empty when nothing does. */
  readonly user: string;
  /** Empty, or a port that is not the scheme's own. */
  readonly port: string;
  /** Path, query and fragment. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** An address rule that is ready to be tried. */
export interface CompiledRule {
  readonly rule: AddressRule;
  /** Groups of path and user together, from 1; null when the rule does not fit. */
  readonly match: (parts: AddressParts) => readonly string[] | null;
}

/** A rule of lines that is ready to be tried. */
export interface CompiledLines {
  readonly rule: LinesRule;
  /** Lower case. */
  readonly contains: readonly string[];
  readonly lines: readonly RE2JS[];
}

/** A wrapper that is ready to be tried. */
export interface CompiledWrapper {
  readonly wrapper: Wrapper;
  readonly path: RE2JS | null;
}

/** A rule book made ready; compile once, use for ever. */
export interface CompiledRules {
  /** Rules for a host, in their order. */
  readonly rulesFor: (host: string) => readonly CompiledRule[];
  readonly wrappersFor: (host: string) => readonly CompiledWrapper[];
  /** Whether any rule names this host, or one above it; rules for every host do not count. */
  readonly knowsHost: (host: string) => boolean;
  /** Schemes of rules that are for every host. */
  readonly schemesOfAnyHost: ReadonlySet<string>;
  /** Names that rules and wrappers know, without their wildcards: what look-alikes imitate. */
  readonly domains: readonly string[];
  readonly lines: readonly CompiledLines[];
}

const groupsOf = (pattern: RE2JS, text: string): readonly string[] | null => {
  const matcher = pattern.matcher(text);
  if (!matcher.matches()) return null;
  return Array.from({ length: matcher.groupCount() }, (_, nth) => matcher.group(nth + 1) ?? "");
};

const compileRule = (rule: AddressRule): CompiledRule => {
  const path = rule.path === undefined ? null : RE2JS.compile(`(?:${rule.path})/?(?:[?#].*)?`, RE2JS.DOTALL);
  const except = rule.except === undefined ? null : RE2JS.compile(rule.except, RE2JS.DOTALL);
  const user = rule.user === undefined ? null : RE2JS.compile(`(?:${rule.user})`);
  const schemes = new Set(rule.schemes);
  return {
    rule,
    match: (parts) => {
      if (!schemes.has(parts.scheme) || parts.port !== "") return null;
      if ((user === null) !== (parts.user === "")) return null;
      const ofUser = user ? groupsOf(user, parts.user) : [];
      if (except?.matcher(parts.path).matches()) return null;
      const ofPath = path ? groupsOf(path, parts.path) : [];
      return ofUser && ofPath ? [...ofPath, ...ofUser] : null;
    },
  };
};

/** Domains that rules are for have fewer labels. */
const labelsMax = 8;

/** What belongs to a host: exactly it, below a domain, with a first label, anything. */
class HostIndex<Value> {
  readonly #exact = new Map<string, Value[]>();
  readonly #below = new Map<string, Value[]>();
  readonly #firstLabel = new Map<string, Value[]>();
  readonly #any: Value[] = [];
  readonly #order = new Map<Value, number>();

  add(hosts: readonly string[], value: Value): void {
    this.#order.set(value, this.#order.size);
    for (const host of hosts) {
      const [list, key] =
        host === "*"
          ? [undefined, ""]
          : host.startsWith("*.")
            ? [this.#below, host.slice(2)]
            : host.endsWith(".*")
              ? [this.#firstLabel, host.slice(0, -2)]
              : [this.#exact, host];
      if (list) list.set(key, [...(list.get(key) ?? []), value]);
      else this.#any.push(value);
    }
  }

  knows(host: string): boolean {
    return this.#named(host).length > 0;
  }

  of(host: string): readonly Value[] {
    const named = this.#named(host);
    if (named.length === 0) return this.#any;
    const found = [...new Set([...named, ...this.#any])];
    return found.sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0));
  }

  #named(host: string): readonly Value[] {
    const exact = this.#exact.get(host);
    const found: Value[] = exact ? [...exact] : [];
    if (host.length > 253) return found;
    // No rule names more labels than a few: from the end of the host, that number of dots back.
    let labels = 0;
    for (
      let dot = host.lastIndexOf(".");
      dot > 0 && labels < labelsMax;
      dot = host.lastIndexOf(".", dot - 1)
    ) {
      const below = labels > 0 ? this.#below.get(host.slice(dot + 1)) : undefined;
      if (below) found.push(...below);
      labels += 1;
    }
    const label =
      this.#firstLabel.size > 0 ? this.#firstLabel.get(host.slice(0, host.indexOf("."))) : undefined;
    if (label) found.push(...label);
    return found;
  }
}

/** Makes a rule book ready for {@link findMeetings}. Rules that are not enabled are left out. */
export const compileRules = ({ addresses, lines, wrappers }: RuleBook): CompiledRules => {
  const rules = new HostIndex<CompiledRule>();
  for (const rule of addresses) if (rule.enabled) rules.add(rule.hosts, compileRule(rule));
  const unwrap = new HostIndex<CompiledWrapper>();
  for (const wrapper of wrappers)
    unwrap.add(wrapper.hosts, {
      wrapper,
      path: wrapper.path === undefined ? null : RE2JS.compile(wrapper.path, RE2JS.DOTALL),
    });
  const domains = [...addresses, ...wrappers]
    .flatMap(({ hosts }) => hosts)
    .map((host) => host.replace(/^\*\.?/, ""))
    .filter((domain) => domain.includes(".") && !domain.endsWith("*"));
  return {
    rulesFor: (host) => rules.of(host),
    wrappersFor: (host) => unwrap.of(host),
    knowsHost: (host) => rules.knows(host) || unwrap.knows(host),
    schemesOfAnyHost: new Set(
      addresses.flatMap((rule) => (rule.enabled && rule.hosts.includes("*") ? rule.schemes : [])),
    ),
    domains: [...new Set(domains)],
    lines: lines
      .filter(({ enabled }) => enabled)
      .map((rule) => ({
        rule,
        contains: rule.contains.map((text) => text.toLowerCase()),
        lines: rule.lines.map((line) => RE2JS.compile(line)),
      })),
  };
};
