declare const actorId: unique symbol;
declare const orgId: unique symbol;

/** An organisation's id: 1 to 64 of `a-z 0-9 _ -`. */
export type OrgId = string & { readonly [orgId]: true };

/**
 * The address of an actor: `<org>/<entity>[/<item>]` (docs/DESIGN.md, "Identity").
 * An entity is `u-…` user, `w-…` workspace, `r-…` room, `t-…` Entra tenant, `c-…` connector, or `o`.
 * A trailing `#<partition>` makes it the actor of that one partition; a bare trailing `#` is
 * completed by the runtime with the partition of the actor that uses it.
 */
export type ActorId = string & { readonly [actorId]: true };

const orgPattern = /^[a-z0-9_-]{1,64}$/;
const entityPattern = /^(?:o|[uwrtc]-[A-Za-z0-9_.-]{1,64}(?:#\d*)?)$/;
const itemPattern = /^[^/\s]{1,512}$/;

/** Checks and brands an organisation's id. Throws TypeError naming the offending text. */
export const orgIdOf = (text: string): OrgId => {
  if (!orgPattern.test(text)) throw new TypeError(`not an organisation id (a-z 0-9 _ -, 1-64): "${text}"`);
  return text as OrgId;
};

/** Checks and brands an actor's address. Throws TypeError naming the offending text. */
export const actorIdOf = (text: string): ActorId => {
  const [org = "", entity = "", ...item] = text.split("/");
  const whole =
    orgPattern.test(org) && entityPattern.test(entity) && item.every((part) => itemPattern.test(part));
  if (!whole) throw new TypeError(`not an actor id (<org>/<entity>[/<item>]): "${text}"`);
  return text as ActorId;
};

/** The organisation an actor belongs to. */
export const orgOf = (id: ActorId): OrgId => id.slice(0, id.indexOf("/")) as OrgId;

/** The entity part, for example `u-4711`. */
export const entityOf = (id: ActorId): string => id.split("/", 2)[1] ?? "";

/** The part that decides the partition: organisation and entity, without item. */
export const entityKeyOf = (id: ActorId): ActorId => id.split("/", 2).join("/") as ActorId;

/** The address of a user: `<org>/u-<user>`. */
export const userActor = (org: OrgId, user: string): ActorId => actorIdOf(`${org}/u-${user}`);

/** The address of an Entra tenant's one deciding actor: `<org>/t-<tenant>`. */
export const tenantActor = (org: OrgId, tenantId: string): ActorId => actorIdOf(`${org}/t-${tenantId}`);

/** The address of the tenant's actor in the using actor's own partition; the runtime adds the number. */
export const localTenantActor = (org: OrgId, tenantId: string): ActorId => actorIdOf(`${org}/t-${tenantId}#`);

/** Completes a bare trailing `#`; any other id is returned unchanged. */
export const inPartition = (id: ActorId, partition: number): ActorId =>
  id.endsWith("#") ? (`${id}${partition}` as ActorId) : id;

/** The partition written into the id itself, or undefined when the key's hash decides. */
export const explicitPartitionOf = (id: ActorId): number | undefined => {
  const entity = entityOf(id);
  const mark = entity.indexOf("#");
  return mark < 0 || mark === entity.length - 1 ? undefined : Number(entity.slice(mark + 1));
};
