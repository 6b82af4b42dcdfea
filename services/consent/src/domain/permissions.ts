/** The registrations in Microsoft Entra, each with its own permissions and consent. */
export const appNames = ["calendar", "groups", "archive"] as const;

/** The name of a registration. */
export type AppName = (typeof appNames)[number];

/** A permission of Microsoft Graph that a registration asks for. */
export interface Permission {
  readonly name: string;
  /** Of the application itself, or of the administrator who signs in. */
  readonly kind: "application" | "delegated";
  /** Its id in Microsoft Graph, for the manifest. */
  readonly id: string;
  readonly forWhat: string;
  /** What does not work without it. */
  readonly withoutIt: string;
  /** `required`: nothing of the registration works without it. */
  readonly need: "required" | "optional";
  /** Whether an Exchange administrator can grant it for some mailboxes instead (RBAC for Applications). */
  readonly byExchange: boolean;
  /** Wider permissions that hold it. */
  readonly coveredBy: readonly string[];
}

const application = (
  name: string,
  id: string,
  rest: Pick<Permission, "forWhat" | "withoutIt"> & Partial<Permission>,
): Permission => ({
  name,
  id,
  kind: "application",
  need: "required",
  byExchange: false,
  coveredBy: [],
  ...rest,
});

const delegated = (
  name: string,
  id: string,
  rest: Pick<Permission, "forWhat" | "withoutIt"> & Partial<Permission>,
): Permission => ({ ...application(name, id, rest), kind: "delegated" });

const readUsers = application("User.Read.All", "df021288-bdef-4463-88db-98f22de89214", {
  forWhat: "finds people by address, and keeps the list of people up to date",
  withoutIt: "people come from lists alone, and a mailbox is named by its object id",
  need: "optional",
  coveredBy: ["User.ReadWrite.All", "Directory.Read.All"],
});

/** With these an administrator signs in, at each registration. */
const signIn: readonly Permission[] = [
  delegated("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d", {
    forWhat: "lets the administrator sign in; nothing else uses it",
    withoutIt: "nobody can sign in to authorise the tenant",
  }),
  delegated("RoleManagement.Read.Directory", "741c54c3-0c1e-44a1-818b-3f97ab4e8c83", {
    forWhat: "checks that who signs in is a Global Administrator or Privileged Role Administrator",
    withoutIt: "the tenant must be authorised by the command line",
  }),
];

/** What each registration asks for, and why; in the order in which people read it. */
export const permissions: Readonly<Record<AppName, readonly Permission[]>> = {
  calendar: [
    application("Calendars.ReadWrite", "ef54d2bf-783f-4e0f-bca1-3210c0444d99", {
      forWhat: "watches calendars and writes join details into invitations",
      withoutIt: "no mailbox can be watched: its user is in Error",
      byExchange: true,
    }),
    application("MailboxSettings.Read", "40f97065-369a-49f4-947c-6a255697ae91", {
      forWhat: "finds out whether a mailbox is there, its language and its automatic replies",
      withoutIt: "no mailbox can be tried: its user is in Error",
      byExchange: true,
      coveredBy: ["MailboxSettings.ReadWrite"],
    }),
    readUsers,
    application("Domain.Read.All", "dbb9058a-0e50-45d7-ae91-66909b5d4664", {
      forWhat: "knows by the domain of an address which tenant a person belongs to",
      withoutIt: "with several tenants, who is in which must stand in a list",
      need: "optional",
      coveredBy: ["Domain.ReadWrite.All", "Directory.Read.All"],
    }),
    ...signIn,
  ],
  groups: [
    application("Group.ReadWrite.All", "62a82d76-70ea-41e2-9197-370581804d09", {
      forWhat: "makes a Microsoft 365 group for each team, and keeps its members and name",
      withoutIt: "no team gets a group",
    }),
    readUsers,
    application("Files.ReadWrite.All", "75359482-378d-4052-8f01-80520e7db3cd", {
      forWhat: "makes a folder for each space in the group's document library",
      withoutIt: "spaces get no folder",
      need: "optional",
      coveredBy: ["Sites.ReadWrite.All"],
    }),
    application("Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6", {
      forWhat: "sees whether the tenant has Exchange and SharePoint before it begins",
      withoutIt: "the list of prerequisites stays unknown",
      need: "optional",
      coveredBy: ["Organization.ReadWrite.All", "Directory.Read.All"],
    }),
    ...signIn,
  ],
  archive: [
    application("Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9", {
      forWhat: "writes each archived message into the mailboxes of those who were there",
      withoutIt: "nothing is archived; nothing is lost either",
      byExchange: true,
    }),
    { ...readUsers, need: "required", withoutIt: "the mailbox of an address cannot be found" },
    application("GroupMember.Read.All", "98830695-27a2-44f7-8c18-0c3ebc9698f6", {
      forWhat: "finds out who is in the groups that the scope of a connector names",
      withoutIt: "a scope can name people and spaces alone",
      need: "optional",
      coveredBy: ["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"],
    }),
    ...signIn,
  ],
};

const has = (granted: ReadonlySet<string>, { name, coveredBy }: Permission): boolean =>
  [name, ...coveredBy].some((one) => granted.has(one));

/** What a tenant has granted of what a registration asks for. */
export interface Grants {
  /** Nothing works without these, and only a new consent gives them. */
  readonly missing: readonly Permission[];
  /** Not in the consent; a mailbox shows whether Exchange grants them (RBAC for Applications). */
  readonly unproved: readonly Permission[];
  /** What does without. */
  readonly withoutOptional: readonly Permission[];
}

/** Compares what a token names with what the registration asks for. */
export const grantsOf = (app: AppName, granted: readonly string[]): Grants => {
  const given = new Set(granted);
  const absent = permissions[app].filter((one) => one.kind === "application" && !has(given, one));
  const required = absent.filter(({ need }) => need === "required");
  return {
    missing: required.filter(({ byExchange }) => !byExchange),
    unproved: required.filter(({ byExchange }) => byExchange),
    withoutOptional: absent.filter(({ need }) => need === "optional"),
  };
};

/** How far a consent goes, in a word. */
export const grantWord = ({ missing, unproved, withoutOptional }: Grants): "complete" | "partly" | "half" =>
  missing.length + unproved.length > 0 ? "half" : withoutOptional.length > 0 ? "partly" : "complete";
