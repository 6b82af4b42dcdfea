import type { PeopleSource } from "@hybrid/contracts";
import { ProviderError } from "@hybrid/kernel";
import type { PageRead } from "#domain/inputs";
import type { AllClaims } from "#domain/link-all";
import { readDomains, readGraphUsers } from "./graph-source.ts";
import type { SourcePorts } from "./handlers.ts";
import { createWebexReader } from "./webex-source.ts";

/** More people than any organisation has: a source that goes on is not believed. */
const peopleMax = 2_000_000;

/** All that the sources say at one moment; lists are left to the caller. */
export type SourceClaims = Omit<AllClaims, "lists">;

interface Draft {
  readonly graph: AllClaims["graph"][number][];
  readonly webex: AllClaims["webex"][number][];
  readonly workspaces: AllClaims["workspaces"][number][];
  readonly domains: Record<string, string[]>;
}

type Read<Kind extends PageRead["kind"]> = Extract<PageRead, { readonly kind: Kind }>;

const tooMany = (draft: Draft): void => {
  if (draft.graph.length + draft.webex.length > peopleMax)
    throw new RangeError(`the sources have more than ${peopleMax} people`);
};

/** The tenant's domains; none where the application may not read them, as in a synchronisation. */
const domainsOf = async (
  { graph }: SourcePorts,
  tenantId: string,
  deadline: () => AbortSignal,
): Promise<readonly string[]> => {
  try {
    const page = (await readDomains(
      graph,
      { kind: "readDomains", tenantId },
      deadline(),
    )) as Read<"domainsRead">;
    return page.domains;
  } catch (error) {
    if (error instanceof ProviderError && error.status === 403) return [];
    throw error;
  }
};

const readTenant = async (
  draft: Draft,
  {
    ports,
    tenantId,
    deadline,
  }: { readonly ports: SourcePorts; readonly tenantId: string; readonly deadline: () => AbortSignal },
): Promise<void> => {
  for (const domain of await domainsOf(ports, tenantId, deadline))
    (draft.domains[domain] ??= []).push(tenantId);
  for (let link: string | null = null, ended = false; !ended; ) {
    const order = { kind: "readGraphUsers", tenantId, link } as const;
    const page = (await readGraphUsers(ports.graph, order, deadline())) as Read<"graphPageRead">;
    for (const { objectId, mailAddress = null, isGuest } of page.users)
      if (!isGuest) draft.graph.push({ objectId, tenantId, mailAddress });
    ended = page.next.kind === "round";
    link = page.next.link;
    tooMany(draft);
  }
};

const readWebex = async (draft: Draft, ports: SourcePorts, deadline: () => AbortSignal): Promise<void> => {
  const reader = createWebexReader(ports.webex, ports.clock);
  for (let cursor: string | null = null, ended = false; !ended; ) {
    const order = { kind: "readWebexPeople", cursor, order: "id" } as const;
    const page = (await reader.readPeople(order, deadline())) as Read<"webexPageRead">;
    draft.webex.push(...page.people);
    ended = page.next === null;
    cursor = page.next;
    tooMany(draft);
  }
  for (let after: string | null = null, ended = false; !ended; ) {
    const page = (await reader.readWorkspaces(
      { kind: "readWorkspaces", after },
      deadline(),
    )) as Read<"workspacesRead">;
    draft.workspaces.push(...page.workspaces);
    ended = page.next === null;
    after = page.next;
  }
};

/**
 * Reads everybody from the sources, to look ahead; nothing is stored. `deadline` ends one request. Rejects
 * with ProviderError, and with RangeError beyond two million people.
 */
export const readEverybody = async (
  sources: readonly PeopleSource[],
  ports: SourcePorts,
  deadline: () => AbortSignal,
): Promise<SourceClaims> => {
  const draft: Draft = { graph: [], webex: [], workspaces: [], domains: {} };
  for (const source of sources)
    if (source.kind === "webex") await readWebex(draft, ports, deadline);
    else await readTenant(draft, { ports, tenantId: source.tenantId, deadline });
  return draft;
};
