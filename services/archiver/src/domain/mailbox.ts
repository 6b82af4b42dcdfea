import { type ActorId, actorIdOf, call, orgOf, post, type Step, stay } from "@hybrid/kernel";
import type { Call, Copy, ImportedCopy, Input, InputOf, Mailbox, State } from "./archive-state.ts";
import { backoffMs, numbers } from "./numbers.ts";
import type { CopyEnd, FailedCopy } from "./terms.ts";

type MailboxStep = Step<State, Input, Call>;
type Effects = MailboxStep["effects"];

const newMailbox: Mailbox = {
  kind: "mailbox",
  email: "",
  tenants: [],
  place: null,
  folderId: null,
  missingUntil: null,
  copies: [],
  call: null,
  calls: 0,
  notBefore: 0,
  failures: 0,
  logged: [],
};

const withCall = (mailbox: Mailbox, now: number, before: Effects): MailboxStep => {
  if (mailbox.call !== null || mailbox.copies.length === 0 || now < mailbox.notBefore)
    return { state: mailbox, effects: before };
  const number = mailbox.calls + 1;
  const { email, tenants, place, folderId } = mailbox;
  const most = mailbox.failures >= 3 ? 1 : numbers.importMax;
  const copies = mailbox.copies.slice(0, most).map(({ content, eventId, run, isPartial, groups }) => ({
    content,
    eventId,
    run,
    isPartial,
    ...(groups === undefined ? {} : { groups }),
  }));
  const order: Call = { kind: "importCopies", number, email, tenants, place, folderId, copies };
  return { state: { ...mailbox, calls: number, call: number }, effects: [...before, call(order)] };
};

const ended = (copy: Copy, outcome: CopyEnd, failure: FailedCopy | null) =>
  post<Input>(actorIdOf(copy.room), {
    kind: "copyEnded",
    connector: copy.connector,
    eventId: copy.eventId,
    // A catch-all mailbox gets a run for each person; the space knows the first part alone.
    run: copy.run.split(":", 1)[0] ?? copy.run,
    outcome,
    failure,
  });

const failureOf = (mailbox: Mailbox, copy: Copy, reason: string): FailedCopy => ({
  itemId: copy.eventId,
  sourceUserId: copy.personId,
  userPrincipalName: mailbox.place?.userPrincipalName ?? null,
  reason,
});

/** Nobody's mailbox: the copy goes to the catch-all one, or is failed and logged once for the person. */
const withoutMailbox = (
  mailbox: Mailbox,
  copy: Copy,
  self: ActorId,
): { readonly mailbox: Mailbox; readonly effects: Effects } => {
  if (copy.catchAll !== null) {
    const to = actorIdOf(`${orgOf(self)}/c-${copy.connector}/catch-all`);
    const { groups: _, ...inScope } = copy;
    const forCatchAll = { ...inScope, run: `${copy.run}:${copy.personId}`, catchAll: null };
    const { tenants } = mailbox;
    return {
      mailbox,
      effects: [post<Input>(to, { kind: "copyWanted", email: copy.catchAll, tenants, copy: forCatchAll })],
    };
  }
  const isLogged = mailbox.logged.includes(copy.connector);
  const failure = isLogged ? null : failureOf(mailbox, copy, "mailboxMissing");
  const logged = isLogged ? mailbox.logged : [...mailbox.logged, copy.connector];
  return { mailbox: { ...mailbox, logged }, effects: [ended(copy, "failed", failure)] };
};

const allWithoutMailbox = (mailbox: Mailbox, self: ActorId, copies: readonly Copy[]) =>
  copies.reduce(
    (so, copy) => {
      const next = withoutMailbox(so.mailbox, copy, self);
      return { mailbox: next.mailbox, effects: [...so.effects, ...next.effects] };
    },
    { mailbox, effects: [] as Effects },
  );

const onWanted = (
  mailbox: Mailbox,
  input: Extract<Input, { readonly kind: "copyWanted" }>,
  now: number,
  self: ActorId,
): MailboxStep => {
  const { email, tenants, copy } = input;
  const isOther = mailbox.email.toLowerCase() !== email.toLowerCase();
  // Another address may mean another mailbox: it is looked for again.
  const heard: Mailbox = isOther
    ? { ...mailbox, email, tenants, place: null, folderId: null, missingUntil: null }
    : { ...mailbox, tenants };
  const isMissing = heard.missingUntil !== null && now < heard.missingUntil;
  // Whether somebody without mailbox is within the scope is asked all the same.
  if (isMissing && copy.groups === undefined) {
    const { mailbox: state, effects } = withoutMailbox(heard, copy, self);
    return { state, effects };
  }
  return withCall({ ...heard, copies: [...heard.copies, copy] }, now, []);
};

/** No mailbox: that is said of all copies but those of groups that nobody has looked into yet. */
const onMissing = (
  mailbox: Mailbox,
  outcomes: ReadonlyMap<string, ImportedCopy>,
  now: number,
  self: ActorId,
): MailboxStep => {
  const without: Copy[] = [];
  const left: Copy[] = [];
  const effects: Effects[number][] = [];
  for (const copy of mailbox.copies) {
    const outcome = outcomes.get(`${copy.eventId} ${copy.run}`);
    if (outcome?.outcome === "outOfScope") effects.push(ended(copy, "outOfScope", null));
    else if (outcome === undefined && copy.groups !== undefined) left.push(copy);
    else without.push(copy);
  }
  const missing = { ...mailbox, copies: left, missingUntil: now + numbers.missingMs, failures: 0 };
  const next = allWithoutMailbox(missing, self, without);
  return withCall(next.mailbox, now, [...effects, ...next.effects]);
};

const onImported = (
  mailbox: Mailbox,
  input: Extract<Input, { readonly kind: "copiesImported" }>,
  now: number,
  self: ActorId,
): MailboxStep => {
  if (mailbox.call !== input.number) return stay(mailbox);
  const { place, folderId, failure } = input;
  const answered: Mailbox = { ...mailbox, call: null, place, folderId };
  const outcomes = new Map(input.copies.map((each) => [`${each.eventId} ${each.run}`, each]));
  if (place === null && failure === null) return onMissing(answered, outcomes, now, self);
  const effects: Effects[number][] = [];
  const left: Copy[] = [];
  for (const copy of mailbox.copies) {
    const outcome = outcomes.get(`${copy.eventId} ${copy.run}`);
    if (!outcome) left.push(copy);
    else
      effects.push(
        ended(
          copy,
          outcome.outcome,
          outcome.reason === null ? null : failureOf(answered, copy, outcome.reason),
        ),
      );
  }
  // A mailbox that takes something is not one that takes nothing: its wait does not grow.
  const failures = failure === null ? 0 : input.copies.length > 0 ? 1 : mailbox.failures + 1;
  const notBefore = failure === null ? 0 : Math.max(failure.retryAt ?? 0, now + backoffMs(failures));
  return withCall({ ...answered, copies: left, missingUntil: null, failures, notBefore }, now, effects);
};

/** An administrator lets us in again: until then copies wait. */
const waitsForConsent: ReadonlySet<string> = new Set([
  "consentRevoked",
  "credentialsRejected",
  "organisationConsentMissing",
]);

const onFailed = (
  mailbox: Mailbox,
  input: Extract<Input, { readonly kind: "callFailed" }>,
  now: number,
  self: ActorId,
): MailboxStep => {
  if (mailbox.call !== input.number) return stay(mailbox);
  const { code, retryAt, retryable } = input.failure;
  if (code === "mailboxMissing" || code === "userNotFound") {
    const missing = {
      ...mailbox,
      call: null,
      place: null,
      folderId: null,
      copies: [],
      missingUntil: now + numbers.missingMs,
    };
    const { mailbox: state, effects } = allWithoutMailbox(missing, self, mailbox.copies);
    return { state, effects };
  }
  const failures = mailbox.failures + 1;
  const notBefore = Math.max(retryAt ?? 0, now + backoffMs(failures));
  const failed: Mailbox = { ...mailbox, call: null, failures, notBefore };
  const [first, ...rest] = mailbox.copies;
  const isHopeless = !retryable && !waitsForConsent.has(code);
  if (!first || !isHopeless || failures < numbers.hopelessMax) return stay(failed);
  const effects = [ended(first, "failed", failureOf(mailbox, first, code))];
  return withCall({ ...failed, copies: rest, failures: 0, notBefore: 0 }, now, effects);
};

/** One input to a mailbox. */
export const stepMailbox = (
  known: Mailbox | null,
  input: InputOf<"mailbox">,
  now: number,
  self: ActorId,
): MailboxStep => {
  const mailbox = known ?? newMailbox;
  switch (input.kind) {
    case "copyWanted":
      return onWanted(mailbox, input, now, self);
    case "copiesImported":
      return onImported(mailbox, input, now, self);
    case "callFailed":
      return onFailed(mailbox, input, now, self);
    case "mailboxErased":
      // Spaces that wait for its copies go on.
      return {
        state: { kind: "none" },
        effects: mailbox.copies.map((copy) => ended(copy, "failed", failureOf(mailbox, copy, "erased"))),
      };
    case "timerFired":
      return withCall(mailbox, now, []);
  }
};

/** When a mailbox wants to be woken. */
export const mailboxDueAt = ({ copies, call: underWay, notBefore }: Mailbox): number | null =>
  copies.length > 0 && underWay === null ? notBefore : null;
