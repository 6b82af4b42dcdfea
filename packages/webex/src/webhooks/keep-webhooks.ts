import { type EpochMs, ProviderError } from "@hybrid/kernel";
import type { WebexCalls } from "../calls.ts";
import type { Webhook } from "../models/webhook.ts";
import {
  planWebhooks,
  type WantedWebhook,
  type WebhookLook,
  type WebhookMemory,
  type WebhookStep,
} from "./plan-webhooks.ts";

/** What keeping webhooks needs of the client. */
export type WebhookCalls = Pick<
  WebexCalls,
  "listWebhooks" | "createWebhook" | "updateWebhook" | "deleteWebhook"
>;

/** What was found and done. */
export interface KeptWebhooks {
  /** For the next look. */
  readonly memory: Readonly<Record<string, WebhookMemory>>;
  /** Names that wait until they may be enabled. */
  readonly waiting: readonly string[];
  /** Names of those that deliver again from now on, and since when they may have missed something. */
  readonly repaired: readonly { readonly name: string; readonly missedSince: EpochMs | null }[];
}

const all = async (calls: WebhookCalls, signal: AbortSignal): Promise<readonly Webhook[]> => {
  const found: Webhook[] = [];
  for await (const page of calls.listWebhooks({}, signal)) found.push(...page.items);
  return found;
};

const updateOf = (
  { name, targetUrl, secret, ownedBy }: WantedWebhook,
  webhookId: string,
): Parameters<WebhookCalls["updateWebhook"]>[0] => ({
  webhookId,
  name,
  targetUrl,
  secret,
  status: "active",
  ...(ownedBy !== undefined && { ownedBy }),
});

const run = async (calls: WebhookCalls, step: WebhookStep, signal: AbortSignal): Promise<void> => {
  if (step.kind === "create") return void (await calls.createWebhook(step.wanted, signal));
  if (step.kind === "remove")
    return await calls.deleteWebhook(step.webhookId, signal).catch((error: unknown) => {
      // Gone already is as good.
      if (!(error instanceof ProviderError) || error.code !== "notFound") throw error;
    });
  await calls.updateWebhook(updateOf(step.wanted, step.webhookId), signal);
};

/**
 * Looks at the caller's webhooks and makes them as they are wanted. Doing it again is safe: it looks before
 * it writes. Rejects with ProviderError of the first step that failed; the memory of before holds then.
 */
export const keepWebhooks = async (
  calls: WebhookCalls,
  look: Omit<WebhookLook, "found">,
  signal: AbortSignal,
): Promise<KeptWebhooks> => {
  const plan = planWebhooks({ ...look, found: await all(calls, signal) });
  const repaired: KeptWebhooks["repaired"][number][] = [];
  const memory = { ...plan.memory };
  for (const step of plan.steps) {
    await run(calls, step, signal);
    if (step.kind === "remove") continue;
    const { name } = step.wanted;
    repaired.push({ name, missedSince: memory[name]?.goodAt ?? null });
    memory[name] = { goodAt: look.now, inactiveSince: null };
  }
  return { memory, waiting: plan.waiting, repaired };
};
