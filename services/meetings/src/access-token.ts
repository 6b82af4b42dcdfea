import { type ActorId, actorIdOf, type EpochMs, entityOf } from "@hybrid/kernel";
import { errors, jwtVerify, SignJWT } from "jose";

// Until people sign in by themselves, the operator gives each of them a token. It opens one user's meetings
// and nothing else, and it ends by itself.

const issuer = "hybrid";
const audience = "meetings";
const algorithm = "HS256";

/** The longest that a token may be good for. */
export const tokenMsMax = 30 * 86_400_000;

/** Whose meetings a token opens, and for how long. */
export interface TokenOrder {
  /** `<org>/u-<user>` */
  readonly user: ActorId;
  readonly now: EpochMs;
  readonly forMs: number;
}

const isUser = (id: ActorId): boolean =>
  entityOf(id).startsWith("u-") && id.split("/").length === 2 && !id.includes("#");

/** Makes a token. Throws RangeError for one that lasts longer than {@link tokenMsMax}, or is nobody's. */
export const makeToken = async ({ user, now, forMs }: TokenOrder, key: Uint8Array): Promise<string> => {
  if (!(forMs > 0 && forMs <= tokenMsMax)) throw new RangeError(`a token cannot last ${forMs} ms`);
  if (!isUser(user)) throw new RangeError(`a token opens a user's meetings; ${user} is no user`);
  return await new SignJWT()
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(user)
    .setIssuedAt(Math.floor(now / 1_000))
    .setExpirationTime(Math.floor((now + forMs) / 1_000))
    .sign(key);
};

/** The user whose meetings a token opens, and when it ends; null for anything that is not such a token. */
export const openToken = async (
  token: string,
  { key, now }: { readonly key: Uint8Array; readonly now: EpochMs },
): Promise<{ readonly user: ActorId; readonly endsAt: number } | null> => {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      issuer,
      audience,
      requiredClaims: ["sub", "exp"],
      currentDate: new Date(now),
    });
    const user = actorIdOf(payload.sub ?? "");
    return isUser(user) ? { user, endsAt: (payload.exp ?? 0) * 1_000 } : null;
  } catch (error) {
    // What is no token of ours, is altered, or has ended; and a subject that is no id.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
    throw error;
  }
};
