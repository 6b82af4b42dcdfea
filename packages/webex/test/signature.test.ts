import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readDelivery, verifySignature } from "../src/index.ts";

const secret = "some secret";
const hmac = (algorithm: string, body: Uint8Array, key = secret): string =>
  createHmac(algorithm, key).update(body).digest("hex");
const rawBody = Buffer.from('{"id":"1",  "resource":"messages"}');

test("a body is taken with the documented signature, the newer one, or both", () => {
  const sparkSignature = hmac("sha1", rawBody);
  const webexSignature = `SHA-256=${hmac("sha256", rawBody)},SHA-512=${hmac("sha512", rawBody)}`;
  for (const signatures of [{ sparkSignature }, { webexSignature }, { sparkSignature, webexSignature }])
    expect(verifySignature({ rawBody, ...signatures }, secret)).toBe(true);
  expect(verifySignature({ rawBody, sparkSignature: sparkSignature.toUpperCase() }, secret)).toBe(true);
});

test("a missing, cut, foreign or half wrong signature is refused, and so is a body written again", () => {
  const good = hmac("sha1", rawBody);
  const refused = [
    {},
    { sparkSignature: "" },
    { sparkSignature: good.slice(2) },
    { sparkSignature: `${good}00` },
    { sparkSignature: "zz".repeat(20) },
    { sparkSignature: hmac("sha1", rawBody, "another secret") },
    { webexSignature: `MD5=${hmac("md5", rawBody)}` },
    { webexSignature: `constructor=${good}` },
    { sparkSignature: good, webexSignature: `SHA-256=${hmac("sha256", rawBody, "another secret")}` },
  ];
  for (const signatures of refused) expect(verifySignature({ rawBody, ...signatures }, secret)).toBe(false);
  const again = Buffer.from(JSON.stringify(JSON.parse(rawBody.toString())));
  expect(verifySignature({ rawBody: again, sparkSignature: good }, secret)).toBe(false);
});

test("an empty secret proves nothing", () => {
  expect(verifySignature({ rawBody, sparkSignature: hmac("sha1", rawBody, "") }, "")).toBe(false);
});

test("no body but the signed one passes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), (signed, other) => {
      const sparkSignature = hmac("sha1", signed);
      const isSame = Buffer.compare(signed, other) === 0;
      expect(verifySignature({ rawBody: other, sparkSignature }, secret)).toBe(isSame);
    }),
  );
});

test("a delivery is read from its bytes, and what is none is not guessed at", () => {
  const delivery = { id: "w", resource: "memberships", event: "created", orgId: "o", data: { roomId: "r" } };
  expect(readDelivery(Buffer.from(JSON.stringify(delivery)))).toEqual(delivery);
  const others = ["", "{", "null", "[]", JSON.stringify({ ...delivery, data: 7 }), '{"id":"w"}'];
  for (const text of others) expect(readDelivery(Buffer.from(text))).toBeUndefined();
});
