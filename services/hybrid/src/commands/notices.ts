import { randomUUID } from "node:crypto";
import { type UserNotice, userNotices } from "@hybrid/contracts";
import { ConfigError } from "@hybrid/kernel";
import { isMailAddress, mailServer, readNoticesConfig, testMailOf } from "@hybrid/notices";
import { minuteText } from "../explaining/rule.ts";
import { orgGiven } from "../given.ts";
import { mustKnowOrg } from "../known.ts";
import { table } from "../tables.ts";
import { latestNotices } from "../users/notices-told.ts";
import { withLog } from "../with-log.ts";

/** The flags of `hybrid notices list`. */
export interface NoticesListFlags {
  readonly org: string;
  readonly data: string;
  readonly outcome?: UserNotice["outcome"];
  readonly json: boolean;
}

/** `hybrid notices list`: what users were told, and what became of it. */
export const noticesListCommand = async (flags: NoticesListFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const rows = await withLog(flags.data, userNotices.name, async (opened) => {
    await mustKnowOrg(opened, org);
    return [...(await latestNotices(opened))]
      .filter(([user]) => user.startsWith(`${org}/`))
      .flatMap(([user, notices]) => notices.map((notice) => ({ user, ...notice })))
      .filter(({ outcome }) => flags.outcome === undefined || outcome === flags.outcome)
      .toSorted((a, b) => a.at - b.at || (a.user < b.user ? -1 : 1));
  });
  const lines = rows.map(({ user, kind, dueAt, consentEndsAt, outcome, code, tries, at }) => [
    user,
    kind,
    outcome,
    code ?? "",
    tries,
    minuteText(dueAt),
    minuteText(consentEndsAt),
    minuteText(at),
  ]);
  const head = ["user", "notice", "outcome", "code", "tries", "due", "consent ends", "at"];
  process.stdout.write(flags.json ? `${JSON.stringify(rows)}\n` : `${table(head, lines)}\n`);
};

/** The flags of `hybrid notices test`. */
export interface NoticesTestFlags {
  readonly to: string;
  readonly language: string;
  readonly json: boolean;
}

const sendWithinMs = 25_000;

/** `hybrid notices test`: one mail by the settings of notices. Fails as the mail server does. */
export const noticesTestCommand = async ({ to, language, json }: NoticesTestFlags): Promise<void> => {
  const { mail } = readNoticesConfig(process.env);
  if (mail === null)
    throw new ConfigError("no notice can be sent", [
      "NOTICES_SMTP_HOST is not set, so nobody is written to; --env-file names a file with settings",
    ]);
  if (!isMailAddress(to)) throw new ConfigError("no notice can be sent", ["--to must be one mail address"]);
  const domain = mail.from.address.split("@").at(-1) ?? "";
  const messageId = `<test-${randomUUID()}@${domain}>`;
  await mailServer(mail).send(
    { ...testMailOf(language), to, messageId, sentAt: Date.now(), language },
    AbortSignal.timeout(sendWithinMs),
  );
  const said = { taken: true, server: `${mail.host}:${mail.port}`, messageId };
  process.stdout.write(
    json ? `${JSON.stringify(said)}\n` : `${said.server} has taken the mail ${messageId}\n`,
  );
};
