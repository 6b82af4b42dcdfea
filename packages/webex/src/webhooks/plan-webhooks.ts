import { type EpochMs, minutes } from "@hybrid/kernel";
import type { Webhook } from "../models/webhook.ts";

/** A webhook that is to be there. */
export interface WantedWebhook {
  /** Ours and nobody else's: it is found again by its name. Begins with the keeper's prefix. */
  readonly name: string;
  readonly targetUrl: string;
  readonly resource: string;
  readonly event: string;
  readonly filter?: string | undefined;
  /** Secret. */
  readonly secret: string;
  readonly ownedBy?: "creator" | "org" | undefined;
}

/** What the keeper remembers of a webhook between two looks, by name. */
export interface WebhookMemory {
  /** When it was last seen active with everything right; null before the first time. */
  readonly goodAt: EpochMs | null;
  /** Since when it has been seen inactive; null while it is not. */
  readonly inactiveSince: EpochMs | null;
}

/** What is to be done. */
export type WebhookStep =
  | { readonly kind: "create"; readonly wanted: WantedWebhook }
  | { readonly kind: "correct"; readonly webhookId: string; readonly wanted: WantedWebhook }
  | { readonly kind: "enable"; readonly webhookId: string; readonly wanted: WantedWebhook }
  | { readonly kind: "remove"; readonly webhookId: string };

/** What a look at the webhooks leads to. */
export interface WebhookPlan {
  readonly steps: readonly WebhookStep[];
  readonly memory: Readonly<Record<string, WebhookMemory>>;
  /** Names of webhooks that are inactive and wait. */
  readonly waiting: readonly string[];
}

/**
 * How long a webhook that Webex has disabled is left alone after it was seen: a webhook enabled again within
 * five minutes is disabled by a single failed delivery (developer.webex.com, "Webhooks").
 */
export const enableAfterMs = minutes(5);

/** What to look at, and what is wanted of it. */
export interface WebhookLook {
  /** All of the caller's webhooks. */
  readonly found: readonly Webhook[];
  readonly wanted: readonly WantedWebhook[];
  /** Webhooks whose names begin with this and that nobody wants are removed. */
  readonly prefix: string;
  readonly memory: Readonly<Record<string, WebhookMemory>>;
  readonly now: EpochMs;
}

/** What a webhook cannot change into; such a one is made again. */
const isAnother = (found: Webhook, wanted: WantedWebhook): boolean =>
  found.resource !== wanted.resource ||
  found.event !== wanted.event ||
  (found.filter ?? "") !== (wanted.filter ?? "") ||
  (found.ownedBy ?? "creator") !== (wanted.ownedBy ?? "creator");

const isInactive = (found: Webhook): boolean => found.status !== undefined && found.status !== "active";

/** Where several have one name: one that is active and right before others, then the oldest. */
const bestFirst = (wanted: WantedWebhook) => {
  const faults = (hook: Webhook): number =>
    Number(isAnother(hook, wanted)) * 4 +
    Number(isInactive(hook)) * 2 +
    Number(hook.targetUrl !== wanted.targetUrl);
  return (a: Webhook, b: Webhook): number =>
    faults(a) - faults(b) || (a.created ?? "").localeCompare(b.created ?? "") || a.id.localeCompare(b.id);
};

interface Single {
  readonly steps: readonly WebhookStep[];
  readonly memory: WebhookMemory;
  readonly waits: boolean;
}

const planOne = (look: WebhookLook, wanted: WantedWebhook): Single => {
  const { now } = look;
  const before = look.memory[wanted.name] ?? { goodAt: null, inactiveSince: null };
  const [best, ...others] = look.found.filter(({ name }) => name === wanted.name).sort(bestFirst(wanted));
  const remove = (hooks: readonly Webhook[]): WebhookStep[] =>
    hooks.map(({ id }) => ({ kind: "remove", webhookId: id }));
  const gone = { goodAt: before.goodAt, inactiveSince: null };
  if (best === undefined) return { steps: [{ kind: "create", wanted }], memory: gone, waits: false };
  if (isAnother(best, wanted))
    return { steps: [...remove([best, ...others]), { kind: "create", wanted }], memory: gone, waits: false };
  const about = { webhookId: best.id, wanted } as const;
  if (isInactive(best)) {
    const inactiveSince = before.inactiveSince ?? now;
    const isDue = now - inactiveSince >= enableAfterMs;
    return {
      steps: [...remove(others), ...(isDue ? [{ kind: "enable", ...about } as const] : [])],
      memory: { goodAt: before.goodAt, inactiveSince },
      waits: !isDue,
    };
  }
  if (best.targetUrl !== wanted.targetUrl)
    return { steps: [...remove(others), { kind: "correct", ...about }], memory: gone, waits: false };
  return { steps: remove(others), memory: { goodAt: now, inactiveSince: null }, waits: false };
};

/**
 * What has to be done so that every wanted webhook is there once, active, and delivers to the right address;
 * webhooks of others are never touched. Pure: the same look gives the same plan.
 */
export const planWebhooks = (look: WebhookLook): WebhookPlan => {
  const plans = look.wanted.map((wanted) => [wanted.name, planOne(look, wanted)] as const);
  const names = new Set(look.wanted.map(({ name }) => name));
  const strays = look.found.filter(
    ({ name }) => name !== undefined && name.startsWith(look.prefix) && !names.has(name),
  );
  return {
    steps: [
      ...plans.flatMap(([, { steps }]) => steps),
      ...strays.map(({ id }) => ({ kind: "remove", webhookId: id }) as const),
    ],
    memory: Object.fromEntries(plans.map(([name, { memory }]) => [name, memory])),
    waiting: plans.filter(([, { waits }]) => waits).map(([name]) => name),
  };
};
