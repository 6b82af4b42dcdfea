/**
 * Test files that run where CI=true alone: on a person's machine the suite is over in ten minutes. Each is an
 * aspect of what others show in short: brokers that fail, every command, every picture of the page, figures.
 * By their folder, or by their path.
 */
export const longFiles: readonly string[] = [
  "packages/bench/test/benches.int.test.ts",
  "packages/bench/test/kafka-benches.sys.test.ts",
  "packages/log/test/kafka/connection-faults.int.test.ts",
  "packages/log/test/kafka/kafkajs-faults.int.test.ts",
  "packages/log/test/kafka/short-tail-contract.int.test.ts",
  "packages/log/test/kafka-security",
  "packages/simulation/test/kafka",
  "packages/simulation/test/planted/sources.sys.test.ts",
  "services/control-hub/test/page.int.test.ts",
  "services/group-provisioner/test/thousand-teams.sys.test.ts",
  "services/hybrid/test/connect-tenants.int.test.ts",
  "services/hybrid/test/explain-online.int.test.ts",
  "services/hybrid/test/hidden-topics.int.test.ts",
  "services/hybrid/test/kafka-refused.int.test.ts",
  "services/hybrid/test/log-copy.int.test.ts",
  "services/hybrid/test/scale.sys.test.ts",
  "services/hybrid/test/topics.int.test.ts",
  "services/hybrid/test/without-broker.int.test.ts",
  "tools/test/kafka-local/broker.int.test.ts",
];
