import { errorCatalog, ProviderError } from "@hybrid/kernel";
import { type MailConfig, mailServer } from "@hybrid/notices";
import { type Finding, failed, ok } from "../finding.ts";

const answersWithinMs = 20_000;

/** The mail server of notices: a connection and a login, and no mail. */
export const checkMail = async (mail: MailConfig | null): Promise<Finding> => {
  if (mail === null) return ok("notices", "are off: NOTICES_SMTP_HOST is not set");
  try {
    await mailServer(mail).verify(AbortSignal.timeout(answersWithinMs));
    const login = mail.login === null ? "without login" : `logged in as ${mail.login.user}`;
    return ok("notices", `${mail.host}:${mail.port} takes mails, ${mail.tls}, ${login}`);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return failed("notices", error.message, errorCatalog[error.code].person);
  }
};
