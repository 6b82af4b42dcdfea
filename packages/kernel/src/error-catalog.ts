interface CatalogEntry {
  /** What happened, in one sentence. */
  readonly meaning: string;
  /** What the system does by itself. */
  readonly system: string;
  /** What a person does, or "Nothing." */
  readonly person: string;
}

/** Every error code of the system; docs/ERRORS.md is generated from it. */
export const errorCatalog = {
  throttled: {
    meaning: "The provider answered 429, or a limit of ours would be passed.",
    system: "Waits at least as long as Retry-After says; never counts it as a failure of the user.",
    person: "Nothing. If it lasts, see whether another application uses up the tenant's limits.",
  },
  breakerOpen: {
    meaning: "Recent calls to this tenant's API family failed so often that no call was made.",
    system: "Tries again when the breaker lets a probe through; never counts it as a failure of the user.",
    person: "Look at the provider's service health.",
  },
  unavailable: {
    meaning: "The provider answered 5xx, or not at all, or something on the way answered in its place.",
    system: "Retries within the call, then by the user's timer.",
    person: "Look at the provider's service health if it lasts.",
  },
  deadlineExceeded: {
    meaning: "A call did not end within its deadline.",
    system: "Ends it and retries by the user's timer.",
    person: "Look at the network and at the provider's service health if it lasts.",
  },
  mailboxMissing: {
    meaning: "Exchange Online has no usable mailbox for the user: on-premises, unlicensed or soft-deleted.",
    system: "Confirms by a second observation, then Error; the migration detector is told.",
    person: "Give the user a licence, or leave the user to the on-premises connector.",
  },
  userNotFound: {
    meaning: "Microsoft Entra does not know the user.",
    system: "Error; tried again daily.",
    person: "Correct the user's object id, or remove the user.",
  },
  outOfScope: {
    meaning: "The mailbox lies outside what the application may reach (403).",
    system: "Error; tried again daily.",
    person: "Add the mailbox to the application's scope in Exchange Online.",
  },
  consentRevoked: {
    meaning:
      "The tenant no longer allows the application (AADSTS65001, 700016, 7000229 and kin, see AADSTS.md).",
    system: "Suspends the tenant once: no calls, no retries, until consent is given again.",
    person: "Authorise the tenant again.",
  },
  userConsentMissing: {
    meaning: "In this tenant each user connects the own calendar, and this one has not.",
    system: "Error, without asking the provider; tried at once when the user connects the calendar.",
    person: "Give the user the address that ends in /consent/connect.",
  },
  organisationConsentMissing: {
    meaning:
      "This tenant is connected user by user, and what is asked for concerns the tenant as a whole: its " +
      "people, groups, archive, rooms, automatic replies.",
    system: "Asks nobody, goes on with what users have connected, and tries again after an authorisation.",
    person:
      "Give the organisation's consent: hybrid tenants authorize <tenant> --org <org> --consent " +
      "organisation. Or do without: import people from a list, give groups and archive registrations.",
  },
  userConsentExpired: {
    meaning: "The user connected the calendar more than thirty days ago.",
    system: "Makes no call for the user; tried at once when the user connects the calendar again.",
    person: "Give the user the address that ends in /consent/connect once more.",
  },
  userConsentRevoked: {
    meaning: "Microsoft Entra no longer takes what the user has consented to: it was revoked, or blocked.",
    system: "Error, tried again daily; tried at once when the user connects the calendar again.",
    person:
      "Let the user connect the calendar again, unless an administrator of the tenant has blocked sign-ins.",
  },
  credentialsRejected: {
    meaning: "Microsoft Entra refuses the application's certificate or secret.",
    system:
      "Keeps every user's state, counts no failure and tries again hourly, living subscriptions until they " +
      "expire; warns the operator. Every tenant is affected.",
    person:
      "Replace the application's certificate, then authorise the tenants again: all users are tried at once.",
  },
  unauthorized: {
    meaning: "The provider refused the access token (401) even after it was renewed.",
    system: "Retries by the user's timer.",
    person: "Check the application's permissions in the tenant.",
  },
  notFound: {
    meaning: "The addressed thing does not exist at the provider, or no longer.",
    system: "Treats it as gone.",
    person: "Nothing.",
  },
  conflict: {
    meaning: "The provider already holds such a thing, or somebody else changed it at the same time.",
    system: "Reads and decides again.",
    person: "Nothing.",
  },
  preconditionFailed: {
    meaning: "The event changed between our read and our write (412).",
    system: "Reads again and edits the new version.",
    person: "Nothing.",
  },
  syncStateLost: {
    meaning: "The provider has forgotten the delta token (410).",
    system: "Starts a full round.",
    person: "Nothing.",
  },
  quotaExceeded: {
    meaning: "The provider's quota for this kind of thing is used up (403).",
    system: "Error, tried again daily; an Active user stays so until expiry.",
    person: "Remove other applications' subscriptions from the mailbox.",
  },
  validationTimedOut: {
    meaning: "The provider could not reach our notification address in time.",
    system: "Retries with jitter and then with growing waits; never counts it as a failure of the user.",
    person: "Check that the notification address is reachable from the internet.",
  },
  invalidRequest: {
    meaning: "The provider says the request is wrong (other 4xx).",
    system: "Does not repeat it within the call; Error, but an Active user stays so until expiry.",
    person: "Report it: this is a fault of the software or of the configuration.",
  },
  personalRoomMissing: {
    meaning: "Webex has no personal room for the organiser.",
    system: "Writes no join details, and takes away those it wrote before.",
    person: "Enable personal rooms for the user's site.",
  },
  mailDeferred: {
    meaning:
      "The mail server does not take a notice at present (SMTP 4xx), or did not say whether it has taken it.",
    system: "Tries again after growing waits, eight times at most, and for no longer than a day.",
    person: "Nothing. If it lasts, see what the mail server's log says.",
  },
  mailRefused: {
    meaning: "The mail server will never take a notice for this address or of this form (SMTP 5xx).",
    system: "Records it and does not try again.",
    person: "Correct the user's mail address, or NOTICES_FROM if the server refuses the sender.",
  },
  mailServerUnusable: {
    meaning: "The mail server refuses our login, or offers no encryption that can be trusted.",
    system: "Sends nothing; tries again after growing waits, for no longer than a day.",
    person: "Correct the settings NOTICES_SMTP_...; `hybrid doctor` says what the server answers.",
  },
  unexpected: {
    meaning: "Something failed that has no code of its own.",
    system:
      "Counts as a failure of a user who is being tried, an Active one stays so until expiry; logged with " +
      "its cause.",
    person: "Report it with the log line.",
  },
} as const satisfies Record<string, CatalogEntry>;

/** A code of {@link errorCatalog}. */
export type ErrorCode = keyof typeof errorCatalog;
