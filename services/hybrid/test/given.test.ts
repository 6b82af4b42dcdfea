import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@hybrid/kernel";
import { expect, onTestFinished, test } from "vitest";
import * as given from "../src/given.ts";

const faultOf = (read: () => unknown): string => {
  try {
    return `nothing refused: ${String(read())}`;
  } catch (error) {
    return error instanceof ConfigError ? error.faults.join() : `not for a person: ${String(error)}`;
  }
};

test.each([
  [() => given.tenantGiven("contoso"), '<tenantId>: "contoso" is no tenant id; it is a GUID'],
  [() => given.orgGiven("Acme Corp"), "a-z 0-9 _ -, for example acme-corp"],
  [() => given.orgGiven("", "<org>"), '<org>: "" is no organisation'],
  [() => given.actorGiven("acme"), "it is <org>/u-<user> or <org>/t-<tenant>"],
  [() => given.actorGiven("Acme/u-1"), "is no actor's id"],
  [
    () => given.stateGiven("eror"),
    '--state: there is no "eror"; did you mean "error"? There are notActivated,',
  ],
  [() => given.stateGiven("sideways"), '--state: there is no "sideways". There are notActivated,'],
  [() => given.serviceGiven("user-sate"), 'did you mean "user-state"?'],
  [() => given.wordGiven("--kind", "decorateEvnt", ["decorateEvent"]), 'did you mean "decorateEvent"?'],
  [() => given.languageGiven("schwedisch auf deutsch"), "it is for example sv or pt-BR"],
  [() => given.healthGiven("localhost:9400"), "it is for example http://127.0.0.1:9400"],
])("%s is refused with what to give instead", (read, said) => {
  expect(faultOf(read)).toContain(said);
});

test("what is right is taken, in the usual spelling", () => {
  expect(given.tenantGiven("6F9619FF-8B86-4011-B42D-00C04FC964FF")).toBe(
    "6f9619ff-8b86-4011-b42d-00c04fc964ff",
  );
  expect([given.orgGiven("acme"), given.actorGiven("acme/u-1")]).toEqual(["acme", "acme/u-1"]);
  expect([given.stateGiven("NotActivated"), given.languageGiven("pt-br")]).toEqual(["notActivated", "pt-BR"]);
  expect(given.healthGiven("http://127.0.0.1:9400").port).toBe("9400");
});

test("a file that is missing or no file is named, with what is wrong with it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "given-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "people.csv");
  await expect(given.fileGiven(path)).rejects.toThrow(`<file>: ${path}: there is no such file`);
  await expect(given.fileGiven(folder)).rejects.toThrow("it cannot be read (EISDIR)");
  await writeFile(path, "text");
  expect(await given.fileGiven(path)).toBe("text");
});
