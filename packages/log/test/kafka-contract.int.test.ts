import { logContract } from "../testing/index.ts";
import { kafkaDriver } from "./kafka/kafka-driver.ts";

logContract("log on Kafka", kafkaDriver());
