import { GraphFault } from "../http/graph-fault.ts";
import type { NamingPolicy } from "./group.ts";

/** The names of a group that are to be judged; what is left out is not judged. */
export interface GroupNames {
  readonly displayName?: string | null | undefined;
  readonly mailNickname?: string | null | undefined;
}

/** One property that breaks the policy. */
interface Breach {
  readonly target: string;
  readonly code: string;
  readonly message: string;
}

const breachesOf = (policy: NamingPolicy, names: GroupNames): readonly Breach[] =>
  (["displayName", "mailNickname"] as const).flatMap((target): Breach[] => {
    const name = names[target];
    if (name === null || name === undefined) return [];
    const { blockedWords = [] } = policy;
    // What a nickname may not hold of a prefix or suffix is left out of it there.
    const around = (text: string): string =>
      target === "displayName" ? text : text.replaceAll(/[^!-~]|[@()\\[\]";:.<>,]/g, "");
    const [prefix, suffix] = [around(policy.prefix ?? ""), around(policy.suffix ?? "")];
    const word = blockedWords.find((each) =>
      name
        .toLowerCase()
        .split(/[^\p{L}\p{N}]+/u)
        .includes(each.toLowerCase()),
    );
    if (word !== undefined)
      return [{ target, code: "ContainsBlockedWord", message: `${target} contains a blocked word.` }];
    if (name.startsWith(prefix) && name.endsWith(suffix)) return [];
    return [
      {
        target,
        code: "MissingPrefixSuffix",
        message: `${target} is missing prefix '${prefix}' or suffix '${suffix}'.`,
      },
    ];
  });

/** What each tenant demands of names. */
export class NamingPolicies {
  readonly #byTenant = new Map<string, NamingPolicy>();

  set(tenantId: string, policy: NamingPolicy): void {
    this.#byTenant.set(tenantId, policy);
  }

  /** Throws 422 that tells the first property which breaks the policy. */
  check(tenantId: string, names: GroupNames): void {
    const [breach] = breachesOf(this.#byTenant.get(tenantId) ?? {}, names);
    if (breach === undefined) return;
    throw new GraphFault(422, "Request_UnprocessableEntity", breach.message, {
      details: [breach],
    });
  }
}
