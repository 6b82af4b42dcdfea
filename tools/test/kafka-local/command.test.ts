import { expect, test } from "vitest";
import { parseState } from "../../src/kafka-local/background.ts";
import { lastLines } from "../../src/kafka-local/broker.ts";
import { parseOrder } from "../../src/kafka-local/command.ts";
import { cacheFolder, projectText } from "../../src/kafka-local/jars.ts";
import { chosenKafka, kafkaVersion, testedKafka } from "../../src/kafka-local/settings.ts";

test("an order without options is about port 9092", () => {
  expect(parseOrder(["start"])).toEqual({ verb: "start", port: 9092, heapMb: 768, json: false });
  expect(parseOrder(["stop", "--port", "19092", "--json", "--heap=256"])).toEqual({
    verb: "stop",
    port: 19092,
    heapMb: 256,
    json: true,
  });
});

test("help is given instead of an order", () => {
  expect(parseOrder(["--help"])).toBeUndefined();
  expect(parseOrder(["start", "-h"])).toBeUndefined();
});

test.each([
  [[], /say one of start, stop, status, fetch/],
  [["begin"], /not "begin"/],
  [["start", "stop"], /not "start stop"/],
  [["start", "--port", "0"], /--port must be a whole number from 1 to 65535, not "0"/],
  [["start", "--port", "90x"], /not "90x"/],
  [["start", "--heap", "1.5"], /--heap must be a whole number/],
  [["start", "--prot", "9092"], /--prot/],
])("%j is refused with a sentence that says why", (words, message) => {
  expect(() => parseOrder(words)).toThrow(message);
});

const state = {
  address: "127.0.0.1:9092",
  port: 9092,
  pid: 17,
  container: null,
  folder: "/data",
  version: kafkaVersion,
};

test("a state file is read as it was written", () => {
  expect(parseState(JSON.stringify(state))).toEqual(state);
  const contained = { ...state, pid: null, container: "c0ffee" };
  expect(parseState(JSON.stringify(contained))).toEqual(contained);
});

test.each([
  ['{"address":"127.0.0.1:90', "cut off"],
  [JSON.stringify({ ...state, pid: null }), "of nothing that runs"],
  [JSON.stringify({ ...state, port: "9092" }), "of another form"],
  ["null", "empty"],
])("a state file that is %j (%#) counts as none", (text) => {
  expect(parseState(text)).toBeUndefined();
});

test("the cache is where its variable says, or else where the user's caches are", () => {
  expect(cacheFolder({ HYBRID_KAFKA_CACHE: "/c", XDG_CACHE_HOME: "/x" })).toBe("/c");
  expect(cacheFolder({ XDG_CACHE_HOME: "/x" })).toBe(`/x/hybrid-services/kafka-${kafkaVersion}`);
  expect(cacheFolder({})).toMatch(/\/\.cache\/hybrid-services\/kafka-/);
});

test("another release than the newest has a cache of its own, and what names none is refused", () => {
  const { oldest, newest } = testedKafka;
  expect(cacheFolder({ HYBRID_KAFKA_VERSION: "oldest", HYBRID_KAFKA_CACHE: "/c" })).toBe(
    `/c/kafka-${oldest}`,
  );
  expect(cacheFolder({ HYBRID_KAFKA_VERSION: "3.7.0", XDG_CACHE_HOME: "/x" })).toBe(
    "/x/hybrid-services/kafka-3.7.0",
  );
  expect([{}, { HYBRID_KAFKA_VERSION: "" }, { HYBRID_KAFKA_VERSION: "newest" }].map(chosenKafka)).toEqual([
    newest,
    newest,
    newest,
  ]);
  expect(() => chosenKafka({ HYBRID_KAFKA_VERSION: "4" })).toThrow(/newest, oldest, or a release/);
});

test("the Maven project asks for the broker of the one version", () => {
  const wanted = new RegExp(
    String.raw`<artifactId>kafka_2\.13</artifactId>\s*<version>${kafkaVersion}</version>`,
  );
  expect(projectText).toMatch(wanted);
});

test("the end of a log is its last lines, whether or not the last one is complete", () => {
  expect(lastLines("a\nb\nc\n", 2)).toBe("b\nc");
  expect(lastLines("a", 5)).toBe("a");
});
