import { execFile } from "node:child_process";
import { promisify } from "node:util";
import PostalMime from "postal-mime";
import { expect, test } from "vitest";
import { mailAsEml } from "../src/adapters/eml.ts";
import { emptyMessage } from "../src/rendering/chat-message.ts";
import { renderMail } from "../src/rendering/render-mail.ts";
import { mailSource } from "./mail-source.ts";
import { startAt } from "./world.ts";

const run = promisify(execFile);

const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const mail = renderMail(
  mailSource({
    title: "Größe & Träume 🌲",
    author: { address: "ada@acme.example", name: 'Ada "the first" Ü' },
    message: { ...emptyMessage, markdown: "Hello **you**\n\n漢字", parentId: "p1" },
    files: [
      { name: "naïve plan.txt", contentType: "text/plain", bytes: Buffer.from("plan") },
      { name: "tree.png", contentType: "image/png", bytes: picture },
    ],
  }),
);

test("an exported mail opens in postal-mime with all that it holds", async () => {
  const read = await PostalMime.parse(await mailAsEml(mail));
  expect(read).toMatchObject({
    subject: "Größe & Träume 🌲",
    from: { address: "ada@acme.example", name: 'Ada "the first" Ü' },
    to: [
      { address: "ada@acme.example", name: "Ada" },
      { address: "ben@acme.example", name: "Ben" },
    ],
    messageId: "<m1@webex-archive.invalid>",
    inReplyTo: "<p1@webex-archive.invalid>",
  });
  expect(new Date(read.date ?? "").getTime()).toBe(startAt);
  expect(read.html).toContain("<strong>you</strong>");
  expect(read.text).toContain("漢字");
  expect(read.attachments.map(({ filename, disposition }) => [filename, disposition])).toEqual(
    expect.arrayContaining([
      ["naïve plan.txt", "attachment"],
      ["tree.png", "inline"],
    ]),
  );
  expect(read.headers.find(({ key }) => key === "x-hybridarchiveitem")?.value).toBe("e1");
});

const script = `
import email, email.policy, json, sys
mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
print(json.dumps({
  "subject": mail["subject"], "from": mail["from"].addresses[0].addr_spec, "to": len(mail["to"].addresses),
  "date": mail["date"].datetime.timestamp() * 1000, "references": mail["references"],
  "html": mail.get_body(("html",)).get_content(), "text": mail.get_body(("plain",)).get_content(),
  "files": sorted([part.get_filename() for part in mail.walk() if part.get_filename()]),
  "defects": [str(defect) for part in mail.walk() for defect in part.defects],
}))
`;

test("an exported mail opens in Python's email package without a defect", async () => {
  const asked = run("python3", ["-c", script]);
  asked.child.stdin?.end(await mailAsEml(mail));
  const read = JSON.parse((await asked).stdout) as Record<string, unknown>;
  expect(read).toMatchObject({
    subject: "Größe & Träume 🌲",
    from: "ada@acme.example",
    to: 2,
    date: startAt,
    files: ["naïve plan.txt", "tree.png"],
    defects: [],
  });
  expect(read["html"]).toContain("漢字");
  expect(read["references"]).toContain("<space.r1@webex-archive.invalid>");
});
