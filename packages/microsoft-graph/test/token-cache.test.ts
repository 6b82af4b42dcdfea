import { hours, minutes, ProviderError } from "@hybrid/kernel";
import { VirtualClock } from "@hybrid/kernel/testing";
import { expect, test } from "vitest";
import type { IssuedToken, TokenTerms } from "../src/auth/msal-token-source.ts";
import { createTokenCache } from "../src/auth/token-cache.ts";
import { failureOf } from "./world.ts";

/** A token endpoint that remembers who asked, and fails when told to. */
class Issuer {
  readonly asked: { readonly tenantId: string; readonly claims: string | undefined }[] = [];
  failure: Error | null = null;
  hold: Promise<void> = Promise.resolve();

  readonly issue = async (tenantId: string, { claims }: TokenTerms = {}): Promise<IssuedToken> => {
    this.asked.push({ tenantId, claims });
    const value = `${tenantId}-${this.asked.length}`;
    await this.hold;
    if (this.failure) throw this.failure;
    return { value, lifetimeMs: hours(1) };
  };
}

const open = (tenantsMax = 10) => {
  const clock = new VirtualClock();
  const issuer = new Issuer();
  const limits = { tenantsMax, tokenRefreshBeforeMs: minutes(5), refusedCertificateMs: minutes(1) };
  return { clock, issuer, cache: createTokenCache({ scheduler: clock, limits, issue: issuer.issue }) };
};
const of = (tenantId: string, signal = new AbortController().signal) => ({ tenantId, signal });
const down = new ProviderError("down", { code: "unavailable", retryable: true });
const revoked = new ProviderError("revoked", { code: "consentRevoked", retryable: false });

test("tenants have tokens of their own, and many callers share one request", async () => {
  const { cache, issuer } = open();
  const got = await Promise.all(["a", "a", "b", "a"].map((tenant) => cache.get(of(tenant))));
  expect(got).toEqual(["a-1", "a-1", "b-2", "a-1"]);
  expect(issuer.asked).toHaveLength(2);
});

test("a token in its last five minutes serves while Entra is down, but not without consent", async () => {
  const { cache, issuer, clock } = open();
  expect(await cache.get(of("a"))).toBe("a-1");
  clock.advanceBy(minutes(56));
  issuer.failure = down;
  expect(await cache.get(of("a"))).toBe("a-1");
  expect(issuer.asked).toHaveLength(2);
  issuer.failure = revoked;
  expect(await failureOf(cache.get(of("a")))).toBe(revoked);
  issuer.failure = down;
  clock.advanceBy(minutes(4));
  expect(await failureOf(cache.get(of("a")))).toBe(down);
  issuer.failure = null;
  expect(await cache.get(of("a"))).toBe("a-5");
});

test("a refused certificate is not shown again for a minute, and a token that is still valid serves on", async () => {
  const { cache, issuer, clock } = open();
  const expired = new ProviderError("expired", { code: "credentialsRejected", retryable: false });
  expect(await cache.get(of("a"))).toBe("a-1");
  issuer.failure = expired;
  clock.advanceBy(minutes(56));
  for (let asked = 0; asked < 3; asked++) expect(await cache.get(of("a"))).toBe("a-1");
  expect(issuer.asked).toHaveLength(2);
  clock.advanceBy(minutes(4));
  for (let asked = 0; asked < 3; asked++) expect(await failureOf(cache.get(of("a")))).toBe(expired);
  expect(issuer.asked).toHaveLength(3);
  expect(await failureOf(cache.replace(of("a"), null))).toBe(expired);
  expect(issuer.asked).toHaveLength(4);
  issuer.failure = null;
  expect(await failureOf(cache.get(of("a")))).toBe(expired);
  clock.advanceBy(minutes(1));
  expect(await cache.get(of("a"))).toBe("a-5");
});

test("the lifetime counts from when the token was asked for", async () => {
  const { cache, issuer, clock } = open();
  let arrive = (): void => undefined;
  issuer.hold = new Promise((resolve) => {
    arrive = resolve;
  });
  const pending = cache.get(of("a"));
  clock.advanceBy(minutes(54));
  arrive();
  expect(await pending).toBe("a-1");
  clock.advanceBy(minutes(2));
  expect(await cache.get(of("a"))).toBe("a-2");
});

test("a rejected token is replaced once for all who were refused with it", async () => {
  const { cache, issuer } = open();
  const rejected = await cache.get(of("a"));
  const renewed = await Promise.all([
    cache.replace(of("a"), rejected, "{}"),
    cache.replace(of("a"), rejected),
  ]);
  expect(renewed).toEqual(["a-2", "a-2"]);
  expect(await cache.replace(of("a"), rejected)).toBe("a-2");
  expect(issuer.asked).toHaveLength(2);
  expect(issuer.asked[1]).toEqual({ tenantId: "a", claims: "{}" });
  expect(await cache.replace(of("a"), null)).toBe("a-3");
});

test("a caller that gives up leaves the request to the others", async () => {
  const { cache, issuer } = open();
  let arrive = (): void => undefined;
  issuer.hold = new Promise((resolve) => {
    arrive = resolve;
  });
  const deadline = new AbortController();
  const ended = failureOf(cache.get(of("a", deadline.signal)));
  const patient = cache.get(of("a"));
  deadline.abort();
  expect(await ended).toMatchObject({ code: "deadlineExceeded", retryable: true });
  arrive();
  expect(await patient).toBe("a-1");
  expect(issuer.asked).toHaveLength(1);
});

test("no more tenants than allowed are kept", async () => {
  const { cache, issuer } = open(2);
  for (const tenant of ["a", "b", "c", "b", "a"]) await cache.get(of(tenant));
  expect(issuer.asked.map((each) => each.tenantId)).toEqual(["a", "b", "c", "a"]);
});
