import { actorIdOf, sealedFor } from "@hybrid/kernel";
import { expect, test } from "vitest";
import {
  openTexts,
  openValue,
  ownUser,
  type SealedTogether,
  sealValue,
  userOrOrganisation,
} from "../src/index.ts";
import { pastSealing } from "../src/past-sealing.ts";
import { TestVault } from "../testing/index.ts";

const ada = actorIdOf("acme/u-ada");
const fields = pastSealing({ mailAddress: ownUser });
const texts: SealedTogether = { together: { subject: null, location: null }, whose: userOrOrganisation };
const together = pastSealing(texts);

test("what has nothing in clear is left alone: sealed, empty, or nobody's", () => {
  const closed = { mailAddress: sealValue(sealedFor(ada, "ada@acme.example"), new TestVault()), seen: 1 };
  expect(fields.stored(closed, ada)).toBeUndefined();
  expect(fields.stored({ mailAddress: "", seen: 1 }, ada)).toBeUndefined();
  expect(fields.stored({ mailAddress: "ada@acme.example" }, actorIdOf("acme/o"))).toBeUndefined();
  expect(fields.record({ mailAddress: "", sealedMailAddress: closed.mailAddress }, ada)).toBeUndefined();
  expect(together.stored({ subject: null, location: "", items: [] }, ada)).toBeUndefined();
});

test("a text in clear is sealed, in a value and in a record, however deep it stands", () => {
  const state = { people: [{ mailAddress: "ada@acme.example" }], seen: 1 };
  const sealed = { sealedFor: ada, keyId: "", value: "ada@acme.example" };
  expect(fields.stored(state, ada)).toEqual({ people: [{ mailAddress: sealed }], seen: 1 });
  expect(fields.record({ mailAddress: "ada@acme.example", sealedMailAddress: null }, ada)).toEqual({
    mailAddress: "",
    sealedMailAddress: sealed,
  });
});

test("an object of which a release sealed less gets one box with all, under the key that it had", () => {
  const vault = new TestVault();
  const before = { subject: null, location: "Room 5", sealedTexts: sealedFor(ada, { subject: "Plans" }) };
  const half = sealValue(before, vault);
  const made = together.stored(openValue(half, vault), ada);
  expect(made).toEqual({
    subject: null,
    location: null,
    sealedTexts: { sealedFor: ada, keyId: "1", value: { location: "Room 5", subject: "Plans" } },
  });
  expect(openTexts(made)).toEqual({ location: "Room 5", subject: "Plans" });
  expect(together.stored(made, ada)).toBeUndefined();
});

test("what was erased beside a text in clear stays erased", () => {
  const erased = { sealedFor: ada, keyId: "1", erased: true };
  const made = fields.stored([{ mailAddress: erased }, { mailAddress: "new@acme.example" }], ada);
  expect(JSON.stringify(made)).not.toContain("ada@");
  expect(openTexts(made)).toEqual([{ mailAddress: "" }, { mailAddress: "new@acme.example" }]);
});
