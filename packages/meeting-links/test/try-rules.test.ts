import { expect, test } from "vitest";
import { listedRules, readOwnRules, tryRules } from "../src/index.ts";

const bridge = {
  name: "bridge",
  service: "bridge",
  rank: 1,
  hosts: ["video.acme.example"],
  path: "/([0-9]+)",
};
const body = (text: string) => [{ name: "body", text }];

test("a document's rules come first, and one that cannot be used is named and stops no other", () => {
  const document = JSON.stringify({
    addresses: [{ name: "half" }, { ...bridge, video: "{1}@acme.example" }],
  });
  const tried = tryRules(
    document,
    body("Join https://video.acme.example/4711 or https://zoom.us/j/123456789"),
  );
  expect(tried.best).toMatchObject({ rule: "bridge", video: "4711@acme.example" });
  expect(tried.all.map(({ service }) => service)).toEqual(["bridge", "zoom"]);
  expect(tried.faults.map(({ at }) => at)).toContain("addresses[0].service");
});

test("rules may be for invitations of one kind of organiser", () => {
  const document = JSON.stringify({ addresses: [{ ...bridge, organizer: "internal" }] });
  const invitation = body("https://video.acme.example/4711");
  expect(tryRules(document, invitation, "internal").best?.rule).toBe("bridge");
  expect(tryRules(document, invitation, "external")).toMatchObject({
    best: null,
    seen: [{ verdict: { refused: "organizer" } }],
  });
});

test("what is no JSON, or no document, is one fault; the shipped rules still work", () => {
  for (const document of ["{", "[]", '"rules"', '{"rules": []}']) {
    const tried = tryRules(document, body("https://acme.webex.com/meet/ada"));
    expect(tried.faults).toHaveLength(1);
    expect(tried.best?.service).toBe("webex");
  }
});

test("the list shows the order in which rules are tried, whose they are, and what is switched off", () => {
  const shipped = listedRules(readOwnRules(null));
  expect(shipped.every(({ from }) => from === "shipped")).toBe(true);
  const off = { name: "zoom-meeting", service: "zoom", hosts: ["zoom.us"], enabled: false };
  const known = shipped.find(({ service }) => service === "zoom");
  const document = JSON.stringify({ addresses: [bridge, { ...off, name: known?.name }] });
  const listed = listedRules(readOwnRules(document));
  expect(listed.slice(0, 2)).toMatchObject([
    { name: "bridge", from: "organisation", enabled: true, matches: ["video.acme.example"] },
    { name: known?.name, from: "organisation", enabled: false },
  ]);
  expect(listed).toHaveLength(shipped.length + 1);
});
