import { type UserConsent, userConsents } from "@hybrid/contracts";
import { actorIdOf, partitionOf } from "@hybrid/kernel";
import type { HttpLog, Seal } from "@hybrid/service";

/** What a user has consented to, before it is sealed. */
export interface GivenConsent extends Omit<UserConsent, "refreshToken"> {
  /** The user's actor. */
  readonly user: string;
  readonly refreshToken: string;
}

/** Keeps a user's consent, its token sealed for the user. Durable when it resolves. */
export const keepConsent = async (
  { log, seal, partitions }: { readonly log: HttpLog; readonly seal: Seal; readonly partitions: number },
  { user, refreshToken, ...rest }: GivenConsent,
): Promise<void> => {
  const key = actorIdOf(user);
  const value = await seal({ ...rest, refreshToken: { sealedFor: key, keyId: "", value: refreshToken } });
  await log.append([
    {
      topic: userConsents.name,
      partition: partitionOf(key, partitions),
      key,
      value: userConsents.encode(value),
      timestamp: rest.givenAt as Parameters<HttpLog["append"]>[0][number]["timestamp"],
    },
  ]);
};
