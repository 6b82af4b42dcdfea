import { ConfigError } from "@hybrid/kernel";
import { expect, test } from "vitest";
import { readNoticesConfig } from "../src/config.ts";

const least = {
  NOTICES_SMTP_HOST: "mail.acme.example",
  NOTICES_FROM: "Hybrid Services <hybrid@acme.example>",
  CONSENT_URL: "https://hybrid.acme.example/",
};

const faultsOf = (given: Record<string, string>): readonly string[] => {
  try {
    readNoticesConfig(given);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

test("nothing is sent unless a mail server is named, and then only encrypted", () => {
  const off = readNoticesConfig({});
  expect([off.mail, off.wanted.kinds.size]).toEqual([null, 0]);
  const { mail, wanted, connectUrl } = readNoticesConfig(least);
  expect(mail).toMatchObject({
    tls: "starttls",
    port: 587,
    login: null,
    from: { name: "Hybrid Services", address: "hybrid@acme.example" },
  });
  expect([[...wanted.kinds], wanted.remindDays]).toEqual([
    ["activated", "consentEnds", "consentEnded"],
    [5, 1],
  ]);
  expect(connectUrl).toBe("https://hybrid.acme.example/consent/connect");
});

test("what does not go together is told, all at once", () => {
  const { CONSENT_URL: _url, NOTICES_FROM: _from, ...host } = least;
  expect(faultsOf({ ...host, NOTICES_SMTP_USER: "hybrid" })).toEqual([
    expect.stringContaining("NOTICES_FROM must be set"),
    expect.stringContaining("belong together"),
    expect.stringContaining("CONSENT_URL must be set"),
  ]);
  const login = { NOTICES_SMTP_USER: "hybrid", NOTICES_SMTP_PASSWORD: "secret" };
  expect(faultsOf({ ...least, ...login, NOTICES_SMTP_TLS: "none" })).toEqual([
    expect.stringContaining("in clear"),
  ]);
  expect(faultsOf({ ...host, NOTICES_FROM: "hybrid@acme.example", NOTICES_KINDS: "activated" })).toEqual([]);
});

test.each([
  "ada@acme.example, eve@evil.example",
  "Ada <ada@acme.example>\r\nBcc: eve@evil.example",
  "ada",
  'Ada "<x@y.example>" <ada@acme.example>',
  "",
])("%s is no sender", (NOTICES_FROM) => {
  expect(faultsOf({ ...least, NOTICES_FROM })).toEqual([expect.stringContaining("NOTICES_FROM")]);
});
