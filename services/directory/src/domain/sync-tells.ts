import { type ActorId, type Effect, tell, unreachable } from "@hybrid/kernel";
import { actorOf } from "./actor-names.ts";
import type { Call, Input, PageRead } from "./inputs.ts";
import type { Sync, SyncRun } from "./state.ts";
import { syncNumbers } from "./sync-numbers.ts";

type Effects = readonly Effect<Input, Call>[];
type Running = Sync & { readonly run: SyncRun };

const graphTells = (
  { source, run, round }: Running,
  page: Extract<PageRead, { readonly kind: "graphPageRead" }>,
  self: ActorId,
): Effects => {
  if (source.kind !== "graph") return [];
  const { tenantId } = source;
  return [
    ...page.users.map((user) =>
      tell<Input>(actorOf(self, "object", user.objectId), {
        kind: "graphSaid",
        tenantId,
        user,
        round: run.full ? round : null,
      }),
    ),
    ...page.removed.map((objectId) =>
      tell<Input>(actorOf(self, "object", objectId), { kind: "graphLost", tenantId }),
    ),
  ];
};

const domainTells = (
  { source, domains: before }: Running,
  domains: readonly string[],
  self: ActorId,
): Effects => {
  if (source.kind !== "graph") return [];
  const { tenantId } = source;
  const verified = (domain: string, isVerified: boolean) =>
    tell<Input>(actorOf(self, "domain", domain), { kind: "domainVerified", tenantId, isVerified });
  return [
    ...before.filter((domain) => !domains.includes(domain)).map((domain) => verified(domain, false)),
    ...domains.filter((domain) => !before.includes(domain)).map((domain) => verified(domain, true)),
  ];
};

const sweepTells = ({ source, run, round }: Running, actors: readonly ActorId[]): Effects => {
  const oldest = round - syncNumbers.missesMax[source.kind];
  return actors.flatMap((actor) => [
    ...(run.full ? [tell<Input>(actor, { kind: "swept", source, oldest })] : []),
    ...(run.domainsMoved ? [tell<Input>(actor, { kind: "domainsMoved" })] : []),
  ]);
};

/** What a page tells those whom it is about. */
export const pageTells = (sync: Running, page: PageRead, self: ActorId): Effects => {
  switch (page.kind) {
    case "graphPageRead":
      return graphTells(sync, page, self);
    case "webexPageRead":
      return page.people.map((claim) =>
        tell<Input>(actorOf(self, "webex", claim.personId), {
          kind: "personSeen",
          claim,
          round: sync.run.full ? sync.round : null,
        }),
      );
    case "domainsRead":
      return domainTells(sync, page.domains, self);
    case "workspacesRead":
      return page.workspaces.map(({ workspaceId, mailAddress }) =>
        tell<Input>(actorOf(self, "workspace", workspaceId), {
          kind: "workspaceSeen",
          mailAddress,
          round: sync.round,
        }),
      );
    case "actorsListed":
      return sweepTells(sync, page.actors);
    default:
      return unreachable(page);
  }
};
