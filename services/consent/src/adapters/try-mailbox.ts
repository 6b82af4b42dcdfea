import { type Clock, errorCatalog, hours, ProviderError, plus } from "@hybrid/kernel";
import type { MicrosoftGraph } from "@hybrid/microsoft-graph";

/** What a mailbox is tried with. */
export interface TrialPorts {
  readonly graph: Pick<MicrosoftGraph, "users" | "mailboxes" | "trials">;
  readonly clock: Clock;
}

/** Which mailbox. */
export interface Trial {
  readonly tenantId: string;
  /** A mail address, or the user's object id. */
  readonly mailbox: string;
  /** Names the event: a repetition of the same trial makes no second one. */
  readonly trialId: string;
  readonly signal: AbortSignal;
}

/** The steps of a trial, in their order; a page has words of its own for them. */
export type TrialStepName = "consent" | "found" | "settings" | "created" | "removed";

/** One step of a trial, as it came out. */
export interface TrialStep {
  readonly name: TrialStepName;
  readonly step: string;
  readonly isDone: boolean;
  /** Why it failed: of the catalogue of errors, or `addressUnknown`; null when it did not. */
  readonly code: string | null;
  /** What went wrong, and what to do; null when nothing did. */
  readonly trouble: string | null;
  readonly todo: string | null;
}

const subject = "Hybrid Services: test, removed at once";

type Step = Pick<TrialStep, "name" | "step">;

const done = (step: Step): TrialStep => ({ ...step, isDone: true, code: null, trouble: null, todo: null });

const failed = (step: Step, code: string, trouble: string, todo: string): TrialStep => ({
  ...step,
  isDone: false,
  code,
  trouble,
  todo,
});

/** What a person does about a refusal; the catalogue's word, made particular where a trial knows more. */
const todoOf = (code: keyof typeof errorCatalog): string => {
  if (code === "mailboxMissing")
    return "Give the user a licence with Exchange Online, or name another mailbox.";
  if (code === "outOfScope")
    return (
      "Accept the permissions again, or, if access is limited in Exchange Online, put the mailbox into its " +
      "scope. It can take an hour to be heard."
    );
  return errorCatalog[code].person;
};

const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/**
 * Puts an event into a mailbox and takes it away, and tells each step as soon as it is over. Ends with the
 * first one that fails. An event that cannot be taken away is told with its name.
 */
export async function* tryMailbox({ graph, clock }: TrialPorts, trial: Trial): AsyncGenerator<TrialStep> {
  const { tenantId, mailbox, signal } = trial;
  let step: Step = { name: "found", step: "the mailbox is found" };
  try {
    const found = isGuid(mailbox)
      ? { objectId: mailbox.toLowerCase() }
      : await graph.users.findByAddress({ tenantId, address: mailbox, signal });
    if (!found)
      return yield failed(
        step,
        "addressUnknown",
        "nobody in the tenant has this address, or several have",
        "Name another address.",
      );
    yield done(step);
    const user = { tenantId, userObjectId: found.objectId, signal };
    step = { name: "settings", step: "its settings are read" };
    await graph.mailboxes.probe(user);
    yield done(step);
    step = { name: "created", step: "an event is created" };
    const startAt = plus(clock.now(), hours(24));
    const { eventId } = await graph.trials.createEvent({
      ...user,
      subject,
      startAt,
      endAt: plus(startAt, hours(1)),
      transactionId: trial.trialId,
    });
    yield done(step);
    step = { name: "removed", step: `the event "${subject}" is removed` };
    await graph.trials.deleteEvent({ ...user, eventId });
    yield done(step);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const todo =
      error.code === "outOfScope" && step.name === "found"
        ? "User.Read.All is not granted: name the mailbox by the user's object id, which Entra shows."
        : todoOf(error.code);
    yield failed(step, error.code, `${errorCatalog[error.code].meaning} (${error.code})`, todo);
  }
}
