import { createPrivateKey, X509Certificate } from "node:crypto";
import { type Finding, failed, ok, warning } from "../finding.ts";

/** Days before its end at which a certificate is worth a warning. */
export const renewBeforeDays = 30;

const dayMs = 86_400_000;

/** A certificate and its key: whether they belong together, and for how long they are good. */
export const checkCertificate = (
  what: string,
  { cert, key }: { readonly cert: string; readonly key: string },
  now: number,
): Finding => {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
    if (!certificate.checkPrivateKey(createPrivateKey(key)))
      return failed(
        what,
        "the key is not that of the certificate",
        "Name the key that the certificate was made with.",
      );
  } catch (error) {
    // What the library says of a key may quote it: only its code is told.
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return failed(
      what,
      `certificate or key cannot be read (${code})`,
      "Give both in PEM, the key without passphrase.",
    );
  }
  const endsAt = certificate.validToDate.getTime();
  const startsAt = certificate.validFromDate.getTime();
  const days = Math.floor((endsAt - now) / dayMs);
  const until = certificate.validToDate.toISOString().slice(0, 10);
  if (startsAt > now)
    return failed(
      what,
      `is not good before ${certificate.validFromDate.toISOString()}`,
      "Mend the clock, or wait.",
    );
  if (endsAt <= now)
    return failed(what, `has expired on ${until}`, "Make a new one, and replace it where it is registered.");
  if (days < renewBeforeDays)
    return warning(
      what,
      `expires in ${days} days, on ${until}`,
      "Register a new one beside it now, then replace the files.",
    );
  return ok(what, `is good until ${until}`);
};
