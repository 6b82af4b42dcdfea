import {
  type ConnectorPreview,
  type MappingPreview,
  previewConnector,
  readArchiverConfig,
  refusalFor,
} from "@hybrid/archiver";
import { type ArchiveTerms, archiveCommands } from "@hybrid/contracts";
import { days, minutes } from "@hybrid/kernel";
import { systemScheduler } from "@hybrid/runtime";
import { withCloudClients } from "../cloud-clients.ts";
import { orgGiven, refused, tenantGiven } from "../given.ts";
import { heading, table } from "../tables.ts";
import { canBeAsked, isAgreed, ownTerminal, type Terminal } from "../terminal-question.ts";
import { mustConsentAsAWhole } from "../whole-tenants.ts";
import { withLog } from "../with-log.ts";
import { type ArchiveFlags, connectorKey, isTaken, momentOf, order, print } from "./archive-connectors.ts";

/** The flags of `hybrid archive create`. */
export interface ArchiveCreateFlags extends ArchiveFlags {
  readonly tenant: readonly string[];
  readonly by: string;
  readonly acceptTerms: boolean;
  readonly yes: boolean;
  readonly from?: number;
  readonly poll: number;
  readonly catchAll?: string;
  readonly people?: readonly string[];
  readonly groups?: readonly string[];
  readonly spaces?: readonly string[];
  readonly itemBytes: number;
  readonly allowUnscannable: boolean;
}

/** What is reviewed, as data that a page can show. */
interface ConnectorReview extends ConnectorPreview {
  readonly org: string;
  readonly name: string;
  readonly by: string;
  readonly terms: ArchiveTerms;
  readonly pollEveryMs: number;
  readonly from: number;
  /** Where each tenant that refuses is asked for its consent. */
  readonly consentAddresses: readonly string[];
}

const termsOf = (flags: ArchiveCreateFlags): ArchiveTerms => ({
  tenants: flags.tenant.map(tenantGiven),
  catchAll: flags.catchAll ?? null,
  itemBytesMax: flags.itemBytes,
  allowsUnscannable: flags.allowUnscannable,
  people: (flags.people ?? []).map((address) => address.toLowerCase()),
  groups: (flags.groups ?? []).map((id) => id.toLowerCase()),
  spaces: flags.spaces ?? [],
});

const consentAddress = (tenantId: string): string => {
  const clientId = process.env["ARCHIVE_GRAPH_CLIENT_ID"] ?? process.env["GRAPH_CLIENT_ID"] ?? "";
  const login = process.env["GRAPH_LOGIN_URL"] ?? "https://login.microsoftonline.com";
  return new URL(`/${tenantId}/adminconsent?client_id=${clientId}`, login).href;
};

const scopeText = ({ people, groups = [], spaces }: ArchiveTerms): string => {
  const who = [
    ...(people.length === 0 ? [] : [people.join(" ")]),
    ...(groups.length === 0 ? [] : [`members of ${groups.join(" ")}`]),
  ];
  const where = spaces.length === 0 ? "all spaces" : `spaces ${spaces.join(" ")}`;
  return `${who.length === 0 ? "everybody in a space" : who.join(", ")}; ${where}`;
};

const states = {
  mailbox: "has a mailbox",
  noUser: "no user has this address",
  noMailbox: "no mailbox",
} as const;

const mappingText = (
  { participants, withMailbox, withoutMailbox, first, seen }: MappingPreview,
  { catchAll }: ArchiveTerms,
): string => {
  const rows = first.map((each) => [each.email, states[each.state], each.userPrincipalName ?? ""]);
  const others = catchAll === null ? "their copies count as failed" : `their copies go to ${catchAll}`;
  const where = seen === null ? "" : `, seen in spaces ${momentOf(seen.from)} to ${momentOf(seen.to)}`;
  const more = participants > first.length ? `\nand ${participants - first.length} more` : "";
  return (
    `${participants} participants${where}: ${withMailbox} with a mailbox, ${withoutMailbox} without` +
    `${withoutMailbox === 0 ? "" : ` (${others})`}\n` +
    `${table(["Email", "mailbox", "user"], rows)}${more}`
  );
};

const reviewText = (review: ConnectorReview): string => {
  const { terms, source, consent, mapping } = review;
  const feed =
    source.problem === null
      ? `compliance feed of Webex${source.officer === null ? "" : `, read as ${source.officer}`}`
      : `the compliance feed cannot be read: ${source.problem}`;
  const lines = [
    ["name", review.name],
    ["made by", review.by],
    ["terms", "accepted: you have the right to archive what people write to each other"],
    ["source", feed],
    ["scope", scopeText(terms)],
    ["from", momentOf(review.from)],
    ["read every", `${review.pollEveryMs / minutes(1)} minutes`],
    ["catch-all mailbox", terms.catchAll ?? "none"],
    ["files of one message", `${terms.itemBytesMax} bytes at most`],
    ...consent.map(({ tenantId, problem, lacks }) => [
      `consent of ${tenantId}`,
      problem !== null
        ? `missing (${problem}): ${consentAddress(tenantId)}`
        : lacks.length === 0
          ? "given"
          : `half-given: lacks ${lacks.join(", ")}: ${consentAddress(tenantId)}`,
    ]),
  ];
  const mapped =
    mapping === null
      ? `cannot be foreseen: ${review.mappingProblem ?? "unexpected"}`
      : mappingText(mapping, terms);
  const title = heading("Mapping by the Email of every participant");
  return `${table(["", "review"], lines)}\n${title}\n${mapped}`;
};

const reviewOf = async (name: string, flags: ArchiveCreateFlags): Promise<ConnectorReview> => {
  const now = systemScheduler().now();
  const terms = termsOf(flags);
  const signal = AbortSignal.timeout(minutes(10));
  const preview = await withCloudClients(
    ["archiveGraph", "webex"],
    ({ archiveGraph: graph, webex }, logger) =>
      previewConnector({ graph, webex, logger }, { terms, now, signal }),
  );
  return {
    org: orgGiven(flags.org),
    name,
    by: flags.by,
    terms,
    pollEveryMs: flags.poll,
    from: flags.from ?? now - days(1),
    ...preview,
    consentAddresses: preview.consent.flatMap(({ tenantId, problem, lacks }) =>
      problem === null && lacks.length === 0 ? [] : [consentAddress(tenantId)],
    ),
  };
};

/** Whether what was reviewed is to be made. Throws ConfigError where nobody is there to be asked. */
export const isWanted = async (
  flags: Pick<ArchiveCreateFlags, "yes" | "json">,
  terminal: Terminal,
): Promise<boolean> => {
  if (flags.yes || flags.json) return flags.yes;
  if (canBeAsked(terminal)) return await isAgreed(terminal, "\nMake this connector?");
  throw refused("--yes", "nobody is there to be asked; say with it that the review above is as you want it");
};

/**
 * `hybrid archive create`: refused for who does not hold the archive role, and without `--accept-terms`.
 * Shows what would be made and asks; `--json` without `--yes` only shows.
 */
export const archiveCreateCommand = async (name: string, flags: ArchiveCreateFlags): Promise<void> => {
  const org = orgGiven(flags.org);
  const key = connectorKey(org, name);
  const { archivists } = readArchiverConfig(process.env);
  const refusal = refusalFor(flags.by, archivists);
  if (refusal !== null) throw refused("--by", refusal);
  if (!flags.acceptTerms)
    throw refused(
      "--accept-terms",
      "an archive copies what people write to each other; say with it that you have the right to do so",
    );
  await withLog(flags.data, archiveCommands.name, async (opened) => {
    if (await isTaken(opened, key))
      throw refused("<name>", `organisation ${org} has a connector "${name}" already`);
    await mustConsentAsAWhole(opened, { org, tenants: flags.tenant.map(tenantGiven), app: "archive" });
  });
  const review = await reviewOf(name, flags);
  if (!flags.json) process.stdout.write(`${reviewText(review)}\n`);
  const isOrdered = await isWanted(flags, ownTerminal);
  const { terms, pollEveryMs, from } = review;
  if (isOrdered)
    await withLog(flags.data, archiveCommands.name, async (opened) => {
      if (await isTaken(opened, key))
        throw refused("<name>", `organisation ${org} has a connector "${name}" already`);
      await order(opened, key, { kind: "create", by: flags.by, terms, pollEveryMs, from });
    });
  const outcome = isOrdered
    ? `connector ${name} of ${org} is ordered: see hybrid archive show ${name}`
    : "nothing was made";
  print(flags, { ...review, ordered: isOrdered }, outcome);
};
