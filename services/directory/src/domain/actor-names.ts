import { textDigest } from "@hybrid/contracts";
import { type ActorId, actorIdOf, entityOf, orgOf } from "@hybrid/kernel";

// Everybody of an organisation's directory lies below `<org>/o`, so in one partition, where actors tell each
// other within one commit.

/** The kinds of actors below `<org>/o`. */
export type DirectoryKind = "user" | "object" | "address" | "webex" | "workspace" | "domain" | "sync";

/** The actor of the same organisation that stands for `id`. */
export const actorOf = (self: ActorId, kind: DirectoryKind, id: string): ActorId =>
  actorIdOf(`${orgOf(self)}/o/${kind}-${id}`);

/** The actor of a mail address, whose text must not stand in an id. */
export const addressActor = (self: ActorId, normal: string): ActorId =>
  actorOf(self, "address", textDigest(normal));

/** What an actor below `<org>/o` stands for; undefined for any other. */
export const named = (self: ActorId): { readonly kind: DirectoryKind; readonly id: string } | undefined => {
  if (entityOf(self) !== "o") return undefined;
  const item = self.slice(self.indexOf("/", self.indexOf("/") + 1) + 1);
  const groups = /^(?<kind>user|object|address|webex|workspace|domain|sync)-(?<id>.+)$/.exec(item)?.groups;
  return groups ? { kind: groups["kind"] as DirectoryKind, id: groups["id"] ?? "" } : undefined;
};

/** The id after the kind in an actor's own name. */
export const ownId = (self: ActorId): string => named(self)?.id ?? "";
