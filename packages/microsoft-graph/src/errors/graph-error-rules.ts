import type { ErrorCode } from "@hybrid/kernel";

/** One line of the mapping: all conditions that it states must hold. */
export interface GraphErrorRule {
  readonly status?: readonly number[];
  /** Lower case. */
  readonly codes?: readonly string[];
  /** Only where Graph gives nothing else to tell two meanings apart. */
  readonly message?: RegExp;
  readonly namesUser?: boolean;
  /** Whether the answer holds any code of Graph's: a proxy, a firewall or half an answer has none. */
  readonly hasCode?: boolean;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** Whether the fault is this mailbox's alone, so that it says nothing about the service. */
  readonly mailboxOnly?: boolean;
  readonly because: string;
}

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/**
 * What an error answer of Graph means: Microsoft Graph's errors reference, and Exchange's own response codes
 * (https://learn.microsoft.com/exchange/client-developer/web-services-reference/responsecode), which Graph
 * passes on. The first rule that fits decides, so exact codes come first and bare statuses last.
 */
export const graphErrorRules: readonly GraphErrorRule[] = [
  {
    codes: [
      "applicationthrottled",
      "toomanyrequests",
      "activitylimitreached",
      "request_throttledtemporarily",
      "errortoomanyobjectsopened",
      "errorexceededconnectioncount",
      "errorserverbusy",
    ],
    code: "throttled",
    retryable: true,
    because: "These codes mean throttling even where a batch or an ExtensionError hides the 429.",
  },
  {
    status: [429, 509],
    code: "throttled",
    retryable: true,
    because: "429 is throttling, 509 is its form for bandwidth.",
  },
  {
    codes: [
      "mailboxnotenabledforrestapi",
      "mailboxnotsupportedforrestapi",
      "restapinotenabledforcomponentsharedmailbox",
      "errorinvaliduser",
      "errornonexistentmailbox",
      "errormailboxnotfound",
      "errormissingemailaddress",
      "errorinvalidlicense",
      "errormailboxhostedonpremises",
    ],
    code: "mailboxMissing",
    retryable: false,
    because: "On-premises, unlicensed or soft-deleted: nothing changes until an administrator acts.",
  },
  {
    codes: ["resourcenotfound"],
    message: /could not be discovered/i,
    code: "mailboxMissing",
    retryable: false,
    because:
      "The same users flip between this and MailboxNotEnabledForRESTAPI; only the message tells it apart.",
  },
  {
    codes: ["resourcenotfound"],
    message: /provisioning is in progress/i,
    code: "unavailable",
    retryable: true,
    mailboxOnly: true,
    because:
      "A 404 that turns into the resource by itself within minutes to hours; only the message says so.",
  },
  {
    codes: [
      "mailboxinfostale",
      "errormailboxmoveinprogress",
      "errormailboxstoreunavailable",
      "errormailboxfailover",
      "errormailboxconfiguration",
      "errornorespondingcasindestinationsite",
    ],
    code: "unavailable",
    retryable: true,
    mailboxOnly: true,
    because: "The mailbox is on its way between databases; other mailboxes work.",
  },
  {
    status: range(500, 599),
    message: /MailboxInfoStale|hosted on database/i,
    code: "unavailable",
    retryable: true,
    mailboxOnly: true,
    because: "The same, told in the text of a wrapping error only.",
  },
  {
    codes: [
      "syncstatenotfound",
      "syncstateinvalid",
      "resyncrequired",
      "errorinvalidsyncstatedata",
      "errorsyncstatenotfound",
      "invaliddeltatoken",
      "directory_expiredpagetoken",
    ],
    code: "syncStateLost",
    retryable: false,
    because: "Graph sends these with 410 and with other 40x; the same link never works again.",
  },
  {
    status: [410],
    code: "syncStateLost",
    retryable: false,
    because: "Only delta links answer 410 among the requests made here.",
  },
  {
    codes: ["errorirresolvableconflict", "errorstaleobject"],
    code: "preconditionFailed",
    retryable: false,
    because: "Exchange's own names for a change key that is no longer the newest.",
  },
  {
    status: [412],
    code: "preconditionFailed",
    retryable: false,
    because: "If-Match did not hold: read again first.",
  },
  {
    codes: ["directory_concurrencyviolation"],
    code: "conflict",
    retryable: true,
    because: "Two writes met in the directory; Microsoft says to repeat with backoff.",
  },
  {
    status: [400],
    message: /subscription validation request/i,
    code: "validationTimedOut",
    retryable: true,
    because: "A plain 400 InvalidRequest; the message alone says that our address did not answer in time.",
  },
  {
    codes: ["unknownerror"],
    status: [400, 403, 404, 405, 406, 409, 415, 422],
    code: "unavailable",
    retryable: true,
    mailboxOnly: true,
    because: "Graph's gateway does not know itself what was wrong; the status beside it means nothing.",
  },
  {
    codes: ["errorquotaexceeded", "quotalimitreached", "directory_quotaexceeded"],
    code: "quotaExceeded",
    retryable: false,
    because: "The mailbox, the drive or the directory is full.",
  },
  {
    codes: ["erroraccessdenied", "erroraccountdisabled", "authorization_requestdenied"],
    code: "outOfScope",
    retryable: false,
    because:
      "An access policy, RBAC scope or missing permission. Never consentRevoked: that suspends a whole " +
      "tenant, and only its token endpoint can tell it.",
  },
  {
    status: [403],
    message: /\b(?:quota|limit|maximum)\b/i,
    code: "quotaExceeded",
    retryable: false,
    because: "A plain 403 whose message names the limit that is used up.",
  },
  {
    codes: ["extensionerror"],
    status: [404],
    namesUser: true,
    code: "mailboxMissing",
    retryable: false,
    because: "The subscription service found no mailbox behind the user.",
  },
  {
    codes: ["request_resourcenotfound", "directory_objectnotfound", "errorusernotfound", "usernotfound"],
    namesUser: true,
    code: "userNotFound",
    retryable: false,
    because: "The directory does not know the user that the request names.",
  },
  {
    codes: ["erroritemnotfound", "itemnotfound", "errorcalendareventnotfound", "errormessagenotfound"],
    code: "notFound",
    retryable: false,
    because: "The item is gone or has moved.",
  },
  {
    codes: ["invalidauthenticationtoken"],
    code: "unauthorized",
    retryable: true,
    because: "The token is expired or withdrawn; the next one may do.",
  },
  { status: [401], code: "unauthorized", retryable: true, because: "As above, without the code." },
  {
    status: [407, ...range(300, 399)],
    code: "unavailable",
    retryable: true,
    because: "A proxy wants a sign-in, or leads elsewhere: none of these requests is redirected by Graph.",
  },
  {
    status: [400, 403, 404, 405, 406, 411, 413, 414, 415, 421, 422, 451],
    hasCode: false,
    code: "unavailable",
    retryable: true,
    mailboxOnly: true,
    because:
      "Graph says with a code what it refuses. Without one it is something on the way that answered, and " +
      "its status proves nothing about the mailbox or the subscription.",
  },
  {
    codes: ["extensionerror"],
    status: range(500, 599),
    code: "unavailable",
    retryable: true,
    mailboxOnly: true,
    because: "The subscription service only passes on what the server of that mailbox answered.",
  },
  {
    status: [403],
    code: "outOfScope",
    retryable: false,
    because: "Refused for this resource; proof enough for this user, not for the tenant.",
  },
  { status: [404], code: "notFound", retryable: false, because: "The addressed thing does not exist." },
  { status: [409], code: "conflict", retryable: false, because: "Such a thing exists already." },
  {
    status: [408, 423, 425],
    code: "unavailable",
    retryable: true,
    mailboxOnly: true,
    because: "Too slow, locked or too early: about this request, and it passes.",
  },
  {
    status: [501, 505],
    code: "invalidRequest",
    retryable: false,
    because: "Graph will not learn the operation by our repeating it.",
  },
  { status: [507], code: "quotaExceeded", retryable: false, because: "The mailbox or drive is full." },
  { status: range(500, 599), code: "unavailable", retryable: true, because: "The service failed." },
  { status: range(400, 499), code: "invalidRequest", retryable: false, because: "The request is wrong." },
];
