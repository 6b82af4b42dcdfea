import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { explainLinksCommand } from "../src/commands/explain.ts";

const fileOf = (name: string, content: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "explain-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** What a command prints. */
const printed = async (command: () => Promise<void>): Promise<string> => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await command();
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
};

const quiet = { external: false, json: false };

test("explain links names every address, what became of it, and the meeting to join", async () => {
  const event = {
    subject: "Weekly",
    location: { displayName: "Room 5; https://acme.webex.com/meet/ada" },
    body: { contentType: "html", content: '<a href="https://acme.webex.com.evil.example/meet/ada">Join</a>' },
  };
  const file = fileOf("event.json", JSON.stringify(event));
  const text = await printed(() => explainLinksCommand(file, quiet));
  expect(text).toContain("location: https://acme.webex.com/meet/ada fits webex-personal-room");
  expect(text).toContain("refused: its host only looks like one that the rules know");
  expect(text).toContain(
    "The meeting to join is webex's, from location: link https://acme.webex.com/meet/ada",
  );
  const json = JSON.parse(await printed(() => explainLinksCommand(file, { ...quiet, json: true })));
  expect(json.best).toMatchObject({ service: "webex", field: "location" });
});

test("explain links takes rules of one's own and names those that it cannot read", async () => {
  const rule = { name: "bridge", service: "bridge", hosts: ["video.acme.example"], path: "/[0-9]+" };
  const rules = fileOf("rules.json", JSON.stringify({ addresses: [rule, { name: "half" }] }));
  const file = fileOf("body.txt", "Join at https://video.acme.example/4711.");
  const text = await printed(() => explainLinksCommand(file, { ...quiet, rules }));
  expect(text).toContain("rule left out: addresses[1].service");
  expect(text).toContain("link https://video.acme.example/4711");
  expect(await printed(() => explainLinksCommand(file, quiet))).toBe("No meeting's address was found.\n");
});

test("a file that is broken JSON, no event, or not there is refused with the reason", async () => {
  await expect(explainLinksCommand(fileOf("a.json", "{"), quiet)).rejects.toThrow(/is no JSON/);
  await expect(explainLinksCommand(fileOf("b.json", '{"body": 1}'), quiet)).rejects.toThrow(/no event.*body/);
  await expect(explainLinksCommand("missing.json", quiet)).rejects.toThrow(/there is no such file/);
});
