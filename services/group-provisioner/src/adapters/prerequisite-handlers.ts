import { ProviderError } from "@hybrid/kernel";
import { objectIdIn, refusalOf } from "#domain/eligibility";
import type { Call, Input } from "#domain/inputs";
import { type Findings, judgePrerequisites } from "#domain/prerequisites";
import type { UsersFound } from "#domain/state";
import type { Clouds, GraphPorts, WebexPorts } from "./ports.ts";
import { isActive } from "./team-people.ts";

type Order = Extract<Call, { readonly kind: "checkPrerequisites" }>;

const unlinkedMax = 100;

interface Users {
  readonly found: NonNullable<Findings["users"]>;
  readonly unlinked: UsersFound["unlinked"];
  readonly anyLinked: string | null;
}

const countUsers = async (webex: WebexPorts, orgUuid: string, signal: AbortSignal): Promise<Users> => {
  let [seen, linked, notActive, withoutId] = [0, 0, 0, 0];
  let anyLinked: string | null = null;
  const unlinked: UsersFound["unlinked"][number][] = [];
  for await (const { items } of webex.listScimUsers({ orgUuid, count: 500 }, signal))
    for (const user of items) {
      seen++;
      const objectId = objectIdIn(user.externalId);
      if (objectId === null) withoutId++;
      if (!isActive(user)) notActive++;
      const account = { isActive: isActive(user), externalId: user.externalId ?? null };
      const reason = refusalOf({ isGuest: null, webex: account, personOrgUuid: null, ownOrgUuid: orgUuid });
      if (reason === null) {
        linked++;
        anyLinked ??= objectId;
      } else if (unlinked.length < unlinkedMax)
        unlinked.push({ person: user.userName, personUuid: user.id, reason });
    }
  return { found: { seen, linked, notActive, withoutId }, unlinked, anyLinked };
};

/** Whether nobody has to have consented for the tenant as a whole, which any call for it tells. */
const isConnectedByUsers = async (
  graph: GraphPorts,
  tenantId: string,
  signal: AbortSignal,
): Promise<boolean> => {
  try {
    await graph.tenants.get({ tenantId, signal });
    return false;
  } catch (error) {
    if (error instanceof ProviderError) return error.code === "organisationConsentMissing";
    throw error;
  }
};

/** What a new token for the tenant may do, or why Entra gives none. */
const consentOf = async (
  graph: GraphPorts,
  tenantId: string,
  signal: AbortSignal,
): Promise<Pick<Findings, "consent" | "granted">> => {
  try {
    return { consent: "ok", granted: await graph.consent.grantedPermissions({ tenantId, signal }) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const isByUser = error.code === "consentRevoked" && (await isConnectedByUsers(graph, tenantId, signal));
    return { consent: isByUser ? "organisationConsentMissing" : error.code, granted: null };
  }
};

/** What `ask` answers; null when it is refused or does not answer, which the list then shows. */
const orNull = async <Answer>(ask: Promise<Answer>): Promise<Answer | null> => {
  try {
    return await ask;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
};

/** Looks at every prerequisite; one that cannot be asked is unknown, and hides none of the others. */
export const checkPrerequisites = async (
  { graph, webex, isGlobalInstance }: Clouds,
  { number, tenantId, webexOrgUuid, confirmed }: Order,
  signal: AbortSignal,
): Promise<Input> => {
  const { consent, granted } = await consentOf(graph, tenantId, signal);
  const isIn = consent === "ok";
  const probe = { displayName: "Hybrid Services", mailNickname: "hybrid-services-probe" };
  const [tenant, judgesNames, users] = await Promise.all([
    isIn ? orNull(graph.tenants.get({ tenantId, signal })) : null,
    // A refusal by the tenant's policy is an answer too: names are judged.
    isIn ? orNull(graph.groups.validateNames({ tenantId, ...probe, signal }).then(() => true)) : null,
    orNull(countUsers(webex, webexOrgUuid, signal)),
  ]);
  const linked = users?.anyLinked ?? null;
  const person =
    linked === null || !isIn
      ? null
      : await orNull(graph.groups.getPerson({ tenantId, objectId: linked, signal }));
  const findings: Findings = {
    consent,
    granted,
    tenant,
    judgesNames,
    users: users?.found ?? null,
    linkedUserFound: linked === null || !isIn ? null : person !== null,
    isGlobalInstance,
    confirmed,
  };
  return {
    kind: "prerequisitesChecked",
    number,
    checks: judgePrerequisites(findings),
    users: {
      seen: users?.found.seen ?? 0,
      linked: users?.found.linked ?? 0,
      unlinked: users?.unlinked ?? [],
    },
    isConsentGone: consent === "consentRevoked",
  };
};
