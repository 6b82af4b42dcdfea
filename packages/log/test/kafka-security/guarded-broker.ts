import { type AccessBinding, type AccessRule, accessRules } from "@hybrid/contracts";
import { type KafkaBroker, startKafka } from "@hybrid/tools/kafka-local";
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from "kafkajs";
import type { KafkaLogSettings } from "../../src/index.ts";
import { type Certificate, issue, makeAuthority } from "./certificates.ts";
import { catalog } from "./sample-services.ts";
import { type Line, settingsFor } from "./secured-log.ts";

const password = "s3cret";

/** A broker whose authorizer is on, with a user for every access rule, and a chief whom nothing stops. */
export interface GuardedBroker {
  readonly chief: Admin;
  /** Settings of a client that shows this certificate; it must be of the broker's authority. */
  readonly settingsWith: (certificate: Certificate) => KafkaLogSettings;
  readonly authority: Certificate;
  readonly settingsOf: (user: string, lines?: Line[]) => KafkaLogSettings;
  /** Resolve when the authorizer knows. */
  readonly grant: (principal: string, bindings: readonly AccessBinding[]) => Promise<void>;
  readonly revoke: (principal: string, bindings: readonly AccessBinding[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The rules under test, by service. */
export const rules: ReadonlyMap<string, AccessRule> = new Map(
  accessRules(catalog).map((rule) => [rule.service, rule]),
);

/** The rule of one service. */
export const ruleOf = (service: string): AccessRule => {
  const rule = rules.get(service);
  if (!rule) throw new Error(`no rule for ${service}`);
  return rule;
};

/** The name by which a principal logs in. */
export const userOf = (service: string): string => ruleOf(service).principal.replace(/^User:/, "");

const aclOf = (principal: string, binding: AccessBinding) => ({
  principal,
  host: "*",
  permissionType: AclPermissionTypes.ALLOW,
  operation: AclOperationTypes[binding.operation],
  resourceType: AclResourceTypes[binding.resource],
  resourceName: binding.name,
  resourcePatternType: ResourcePatternTypes[binding.pattern],
});

const aclCount = async (chief: Admin, acl: ReturnType<typeof aclOf>): Promise<number> => {
  const { resources } = await chief.describeAcls(acl);
  return resources.reduce((sum, { acls }) => sum + acls.length, 0);
};

/** The broker learns of ACLs shortly after the controller, in the order in which they were changed. */
const settled = async (
  chief: Admin,
  acls: readonly ReturnType<typeof aclOf>[],
  count: number,
): Promise<void> => {
  const startedAt = performance.now();
  for (const acl of acls.slice(-1))
    while ((await aclCount(chief, acl)) !== count)
      if (performance.now() - startedAt > 10_000) throw new Error("an ACL does not reach the authorizer");
};

const clientOf = (broker: KafkaBroker, username: string): Admin =>
  new Kafka({
    clientId: "administration",
    brokers: [...broker.brokers],
    sasl: { mechanism: "plain", username, password },
    logLevel: logLevel.NOTHING,
  }).admin();

/** Starts it; ACLs are not granted yet. */
export const startGuardedBroker = async (): Promise<GuardedBroker> => {
  const users = ["chief", ...[...rules.keys()].map(userOf)];
  const authority = await makeAuthority("authority of the test");
  const { key, cert } = await issue(authority, "broker");
  const broker = await startKafka({
    security: {
      listeners: ["SASL_PLAINTEXT", "SSL"],
      tls: { key, certificate: cert, ca: authority.cert, clientAuth: "required" },
      users: users.map((name) => ({ name, password, mechanisms: ["PLAIN"] })),
      superUsers: ["chief"],
      authorizer: true,
    },
  });
  const chief = clientOf(broker, "chief");
  await chief.connect();
  return {
    chief,
    authority,
    settingsWith: (certificate) =>
      settingsFor(broker.addresses.SSL ?? "", { ssl: { ca: authority.cert, ...certificate } }),
    settingsOf: (username, lines) =>
      settingsFor(broker.brokers[0] ?? "", { sasl: { mechanism: "plain", username, password } }, lines),
    async grant(principal, bindings) {
      const acls = bindings.map((binding) => aclOf(principal, binding));
      await chief.createAcls({ acl: acls });
      await settled(chief, acls, 1);
    },
    async revoke(principal, bindings) {
      const acls = bindings.map((binding) => aclOf(principal, binding));
      await chief.deleteAcls({ filters: acls });
      await settled(chief, acls, 0);
    },
    async stop() {
      await chief.disconnect();
      await broker.stop();
    },
  };
};
