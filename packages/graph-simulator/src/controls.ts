import { type GraphSimulator } from "./api.ts";
import type { DirectoryChange } from "./notifications/subscriptions.ts";
import type { Parts } from "./parts.ts";

/** Users, as an administrator makes, changes and removes them. */
export const userControls = ({ mailboxes, directoryChanges, subscriptions, groups }: Parts) => {
  const record = (change: DirectoryChange): void => {
    directoryChanges.record(change.tenantId, change.userId);
    subscriptions.publishDirectory(change);
  };
  return {
    addMailbox: (mailbox) => {
      mailboxes.add(mailbox);
      record({ tenantId: mailbox.tenantId, userId: mailbox.userId, changeType: "created" });
    },
    updateUser: (userId, change) => {
      const mailbox = mailboxes.get(userId);
      const profile = { ...mailbox.spec.profile, ...change.profile };
      mailbox.spec = { ...mailbox.spec, ...change, profile };
      record({ tenantId: mailbox.spec.tenantId, userId: mailbox.spec.userId, changeType: "updated" });
    },
    setMailboxState: (userId, state) => {
      mailboxes.get(userId).state = state;
    },
    deleteUser: (userId) => {
      for (const { id } of subscriptions.ofUser(mailboxes.get(userId).spec.userId)) subscriptions.remove(id);
      const { tenantId, userId: id } = mailboxes.get(userId).spec;
      mailboxes.delete(userId);
      groups.forgetUser(tenantId, id);
      record({ tenantId, userId: id, changeType: "deleted" });
    },
  } satisfies Partial<GraphSimulator>;
};

/** What goes wrong, who is let in, and what happens to subscriptions. */
export const serviceControls = (parts: Parts) => {
  const { subscriptions, notifier, mailboxes, tenants, throttling, faults } = parts;
  return {
    registerApp: (app) => tenants.registerApp(app),
    addTenant: (tenant) => tenants.addTenant(tenant),
    grantConsent: (tenantId, clientId, roles) => tenants.grant(tenantId, clientId, roles),
    revokeConsent: (tenantId, clientId, how = "revoked") => tenants.revoke(tenantId, clientId, how),
    grantInExchange: (tenantId, clientId, roles) => tenants.grantInExchange(tenantId, clientId, roles),
    setSignedIn: (signedIn) => {
      parts.signedIn = signedIn;
    },
    setDirectoryRoles: (userId, roles) => parts.directoryRoles.set(mailboxes.get(userId).spec.userId, roles),
    revokeSignIns: (userId) => parts.signIns.revoke(userId),
    listSubscriptions: (userId) =>
      userId === undefined ? subscriptions.all() : subscriptions.ofUser(userId),
    sendLifecycle: (target, event) => {
      const found =
        "userId" in target
          ? subscriptions.ofUser(target.userId)
          : [subscriptions.find(target.subscriptionId)].filter((subscription) => subscription !== null);
      for (const subscription of found) notifier.lifecycle(subscription, event);
      return found.length;
    },
    removeSubscription: (userId, how) => {
      const found = subscriptions.ofUser(userId);
      for (const subscription of found) {
        subscriptions.remove(subscription.id);
        if (how === "withNotification") notifier.lifecycle(subscription, "subscriptionRemoved");
      }
      return found.length;
    },
    forgetSyncState: (userId) => {
      mailboxes.get(userId).syncGeneration++;
    },
    throttleTenant: (tenantId, throttle) => throttling.throttleTenant(tenantId, throttle),
    setFaults: (rates) => {
      faults.rates = rates;
    },
    activity: () => ({
      inFlight: parts.traffic.inFlight + parts.delivery.inFlight,
      total: parts.traffic.total + parts.delivery.started,
      nextDueAt: parts.agenda.nextDueAt(),
    }),
  } satisfies Partial<GraphSimulator>;
};
