import { expect, test } from "vitest";
import { redisTrouble } from "../src/index.ts";

const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

test.each([
  [coded("getaddrinfo ENOTFOUND redis.example", "ENOTFOUND"), /check the host/, true],
  [coded("getaddrinfo EAI_AGAIN redis.example", "EAI_AGAIN"), /DNS/, false],
  [coded("connect ECONNREFUSED 127.0.0.1:1", "ECONNREFUSED"), /whether Redis runs/, false],
  [new Error("WRONGPASS invalid username-password pair or user is disabled."), /password in REDIS_URL/, true],
  [new Error("NOAUTH Authentication required."), /password in REDIS_URL/, true],
  [coded("self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"), /NODE_EXTRA_CA_CERTS/, true],
  [new Error("READONLY You can't write against a read only replica."), /primary/, false],
  [new Error("OOM command not allowed when used memory > 'maxmemory'."), /memory/, false],
  [new Error("MOVED 866 10.0.0.7:6379"), /all slots/, false],
  [new Error("no answer within 250 ms"), /whether Redis runs/, false],
])("%s is told with what to do about it", (error, advice, needsConfiguration) => {
  const trouble = redisTrouble(error);
  expect(trouble.advice).toMatch(advice);
  expect(trouble.needsConfiguration).toBe(needsConfiguration);
});

test("the reason names each address that was tried, and never the command that failed", () => {
  const refused = [coded("connect ECONNREFUSED ::1:6379", "ECONNREFUSED"), new Error("second")];
  expect(redisTrouble(new AggregateError(refused)).reason).toBe("connect ECONNREFUSED ::1:6379; second");
  const failedLogin = Object.assign(new Error("WRONGPASS invalid"), {
    command: { name: "hello", args: [3, "AUTH", "default", "secret"] },
  });
  expect(JSON.stringify(redisTrouble(failedLogin))).not.toContain("secret");
});
