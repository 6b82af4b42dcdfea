import type { ReplacedCredential } from "../clients/graph-credential.ts";
import { type Finding, failed, ok, warning } from "../finding.ts";
import { renewBeforeDays } from "./certificates.ts";

const dayMs = 86_400_000;

/** What a person calls each kind of credential. */
const names: Readonly<Record<ReplacedCredential["kind"], string>> = {
  certificate: "certificate",
  secret: "client secret",
  federatedToken: "federated token",
};

/**
 * When a registration's credential ends. Of a secret nothing tells but the setting beside it; a federated
 * token is renewed by the platform.
 */
export const checkCredential = async (
  registration: string,
  { kind, expiresAt }: ReplacedCredential,
  now: number,
): Promise<Finding> => {
  const what = `${names[kind]} of ${registration}`;
  const endsAt = await expiresAt();
  if (endsAt === null)
    return kind === "secret"
      ? warning(
          what,
          "nothing tells when it expires",
          "Look it up in Microsoft Entra; the setting for it ends in GRAPH_CLIENT_SECRET_EXPIRES.",
        )
      : ok(what, "is renewed by the platform");
  const days = Math.floor((endsAt - now) / dayMs);
  const until = new Date(endsAt).toISOString().slice(0, 10);
  if (endsAt <= now)
    return failed(what, `has expired on ${until}`, "Make a new one in Microsoft Entra, and replace it here.");
  if (days < renewBeforeDays)
    return warning(
      what,
      `expires in ${days} days, on ${until}`,
      "Make a new one beside it in Microsoft Entra now, then replace it here.",
    );
  return ok(what, `is good until ${until}`);
};
