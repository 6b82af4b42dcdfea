import { defaultJoinSettings } from "@hybrid/contracts";
import { expect, test } from "vitest";
import { blockName } from "../src/domain/join-block.ts";
import { previewDetails } from "../src/explaining/preview-details.ts";

const texts = [
  { language: "en", header: "Nordhamn <b>Logistics</b>", footer: "Ask the desk" },
  { language: "sv", header: "Nordhamns hamn", footer: "Fråga disken\nDygnet runt" },
];
const join = { ...defaultJoinSettings, site: "nordhamn.webex.com", texts, textsForOthers: "en" };
const given = { place: "personalRoom" as const, invitation: "Hello <all>\nBring the plan" };

test("each language is shown with its own texts, one without any with those for others", () => {
  const shown = new Map(previewDetails({ language: null, join }, given).map((each) => [each.language, each]));
  expect([...shown.keys()]).toEqual(["en", "sv", "de", "fr", "es", "ja"]);
  expect(shown.get("sv")?.text.split("\n")).toEqual([
    "Hello <all>",
    "Bring the plan",
    "Nordhamns hamn",
    "Delta i mötet via Webex",
    "Möteslänk: https://nordhamn.webex.com/meet/ada",
    "Från ett videosystem: ada@nordhamn.webex.com",
    "Via IP-adress: 192.0.2.66",
    "Via telefon: +44 20 7946 0958",
    "Åtkomstkod: 2620 123 4567",
    "Fråga disken",
    "Dygnet runt",
  ]);
  expect(shown.get("ja")).toMatchObject({ name: "日本語" });
  expect(shown.get("ja")?.text).toContain("Nordhamn <b>Logistics</b>");
  // What is written is text: nothing of it becomes markup.
  expect(shown.get("en")?.html).toContain("Nordhamn &lt;b&gt;Logistics&lt;/b&gt;");
  for (const { html } of shown.values()) expect(html.split(`id="${blockName}"`)).toHaveLength(2);
});

test("a language of the organisation's is the only one, and what is not told is not there", () => {
  const quiet = { ...join, phone: false, video: false };
  const [only, ...others] = previewDetails(
    { language: "sv-FI", join: quiet },
    { ...given, place: "oneTime" },
  );
  expect([only?.language, others]).toEqual(["sv", []]);
  expect(only?.text).toContain("Mötesnummer: 2620 123 4567");
  expect(only?.text).not.toMatch(/telefon|192\.0\.2|Från ett/);
});

test("nobody has said anything: the details alone, after what was written", () => {
  const [first] = previewDetails({ language: "en" }, { ...given, place: "space" });
  expect(first?.text).toMatch(/^Hello <all>\nBring the plan\n/);
  expect(first?.text).toContain("https://example.webex.com/example/j.php");
});
