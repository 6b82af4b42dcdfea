export { startKafka } from "./broker.ts";
export { type Ability, canRunKafka } from "./engine.ts";
export {
  type KafkaBroker,
  KafkaLocalError,
  type KafkaOptions,
  type KafkaSecurity,
  type KafkaTls,
  type KafkaUser,
  kafkaVersion,
  type ListenerProtocol,
  type SaslMechanism,
  testedKafka,
} from "./settings.ts";
export { sharedKafka } from "./shared.ts";
