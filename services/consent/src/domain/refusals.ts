/** Why a tenant is not authorised: what happened, and what to do. */
interface RefusalText {
  /** Of the page that says so. */
  readonly status: number;
  readonly happened: string;
  readonly todo: string;
}

const again = "Open the link that you were given once more.";
const newLink = 'Ask who runs the service for a new link: "hybrid tenants authorize --link" prints one.';

/** Every way in which signing in and consent can end without the tenant being authorised. */
export const refusals = {
  linkInvalid: {
    status: 400,
    happened: "This link, or what came back from Microsoft, was not made here, or was changed on the way.",
    todo: newLink,
  },
  linkExpired: { status: 400, happened: "This link, or the visit that it began, is too old.", todo: newLink },
  otherBrowser: {
    status: 400,
    happened: "This visit was begun in another browser, or cookies are blocked.",
    todo: again,
  },
  signInDeclined: {
    status: 403,
    happened: "The sign-in, or what it asked for, was declined.",
    todo: `${again} It asks to see which role you have, and nothing else.`,
  },
  signInFailed: {
    status: 400,
    happened: "Microsoft Entra did not sign anybody in.",
    todo: "Its error is shown below; its page login.microsoftonline.com/error says more.",
  },
  codeUsed: {
    status: 400,
    happened: "What came back from the sign-in was used before, has expired, or belongs to another sign-in.",
    todo: again,
  },
  needsAdministrator: {
    status: 403,
    happened: "The account is neither Global Administrator nor Privileged Role Administrator of the tenant.",
    todo:
      "Let somebody with one of these roles open the link. A role that is only eligible must be activated " +
      "before; one that comes by a group does not count.",
  },
  wrongTenant: {
    status: 403,
    happened: "The account belongs to another tenant than the one that this link is for.",
    todo: `Sign in with an account of that tenant. ${again}`,
  },
  tenantOfAnother: {
    status: 409,
    happened: "The tenant is in service for another organisation of this installation.",
    todo: "It must be deactivated there first: two organisations would write into the same invitations.",
  },
  connectDeclined: {
    status: 403,
    happened: "The sign-in, or the access to your calendar, was declined.",
    todo: "Nothing was changed. Open the same address again if that was not what you meant.",
  },
  usersMayNotConsent: {
    status: 403,
    happened: "Your organisation does not let people consent to applications themselves.",
    todo:
      "An administrator of Microsoft 365 can allow it for this application, or authorise it for all users " +
      "at once.",
  },
  notAUser: {
    status: 403,
    happened: "Nobody with this account is a user of this service.",
    todo: "Sign in with the account of your calendar, or ask who runs the service to add you.",
  },
  connectedAsAWhole: {
    status: 409,
    happened: "Your organisation has connected all of its calendars, or does not use this service now.",
    todo: "There is nothing for you to do.",
  },
  consentDeclined: {
    status: 403,
    happened: "The permissions were not accepted.",
    todo: `Nothing was changed. ${again}`,
  },
  consentNotSeen: {
    status: 503,
    happened: "Microsoft Entra does not know of the consent yet.",
    todo: "It can take a few minutes. Reload this page then; if it stays, accept the permissions again.",
  },
  halfGiven: {
    status: 403,
    happened: "A permission that nothing works without is missing in the consent.",
    todo: "Add it to the registration in Microsoft Entra and open the link again: it asks for all.",
  },
  credentialsRejected: {
    status: 500,
    happened: "Microsoft Entra refuses the certificate of this service.",
    todo: 'Who runs the service must mend it: "hybrid doctor" says what is wrong.',
  },
  cloudUnavailable: {
    status: 503,
    happened: "Microsoft cannot be reached, or asks to wait.",
    todo: "Reload this page in a minute.",
  },
} as const satisfies Readonly<Record<string, RefusalText>>;

/** Why a tenant is not authorised. */
export type RefusalCode = keyof typeof refusals;

/** A refusal, with what is particular to this one: names of permissions, numbers of Microsoft's errors. */
export interface Refusal {
  readonly kind: "refused";
  readonly code: RefusalCode;
  readonly details: readonly string[];
}

/** Makes a refusal. */
export const refuse = (code: RefusalCode, ...details: readonly string[]): Refusal => ({
  kind: "refused",
  code,
  details,
});
