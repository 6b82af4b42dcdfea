import { describe, expect, test } from "vitest";
import document from "../rules/meeting-rules.json" with { type: "json" };
import {
  compileRules,
  type Field,
  findMeetings,
  readRuleBook,
  compiledShippedRules as shipped,
  shippedRules,
  webexSiteOf,
  withShippedRules,
} from "../src/index.ts";

const text = (given: string): readonly Field[] => [{ name: "body", text: given }];
const html = (given: string): readonly Field[] => [{ name: "body", text: given, isHtml: true }];
const best = (fields: readonly Field[]) => findMeetings(fields, shipped).best;
const room = "https://acme.webex.com/meet/ada";
const wrapped = (address: string): string =>
  `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(address)}&data=05%7C01&reserved=0`;

test("every shipped rule can be read", () => {
  expect(readRuleBook(document).faults).toEqual([]);
  expect(shippedRules.addresses.length).toBeGreaterThan(100);
});

describe("addresses of Webex", () => {
  test.each([
    room,
    "https://acme.my.webex.com/meet/ada",
    "https://acme.webex.com/acme/j.php?MTID=m0123456789abcdef",
    "https://acme.webex.com/wbxmjs/joinservice/sites/acme/meeting/download/0123456789abcdef?siteurl=acme",
    "https://acme.webex.com/webappng/sites/acme/meeting/info/0123456789?MTID=m01",
    "https://acme.webex.com/m/0d8bd7a6-9f0f-4c0e-8a39-7a3f0ab8a8a8",
  ])("%s", (address) => {
    expect(best(text(`Please join at ${address}.`))).toMatchObject({ service: "webex", url: address });
  });

  test.each([
    "https://acme.webex.com/",
    "https://acme.webex.com/cmp3300/webcomponents/widget/globalcallin/globalcallin.php?MTID=m01",
    "https://acme.webex.com/recordingservice/sites/acme/recording/0123",
    "https://webex.com.evil.example/meet/ada",
    "https://acme.webex.com@evil.example/meet/ada",
    "https://acme.webex.com:password@evil.example/meet/ada",
    "https://evil.example/acme.webex.com/meet/ada",
    "https://acmewebex.com/meet/ada",
    "https://ada@acme.webex.com/meet/ada",
    "https://acme.webex.com:8443/meet/ada",
    "https://xn--wbex-8pa.com/meet/ada",
    "javascript:open('//acme.webex.com/meet/ada')",
    "mailto:ada@acme.webex.com",
  ])("%s is none", (address) => {
    expect(findMeetings(text(address), shipped).all.filter(({ url }) => url !== null)).toEqual([]);
  });

  test("a link and a video address are one meeting", () => {
    const found = best(text(`Link: ${room}\nVideo: 25551234567@acme.webex.com`));
    expect(found).toMatchObject({ service: "webex", url: room, video: "25551234567@acme.webex.com" });
  });
});

describe("video addresses", () => {
  test.each([
    ["sip:ada@acme.example", "ada@acme.example"],
    ["SIPS:ada@acme.example;transport=tls", "ada@acme.example"],
    ["h323:room1@acme.example", "room1@acme.example"],
    ["sip:o'brien@acme.example", "o'brien@acme.example"],
    ["12345@acme.example", "12345@acme.example"],
    ["(12345@acme.example)", "12345@acme.example"],
    ["Room 5; sip:ada@acme.example", "ada@acme.example"],
    ["ada@acme.webex.com", "ada@acme.webex.com"],
  ])("%s", (given, video) => {
    expect(best(text(given))?.video).toBe(video);
  });

  test.each(["ada@acme.example", "ada.12345@acme.example", "12345@localhost", "12345@10.0.0.1", "sip:", "@"])(
    "%s is none",
    (given) => {
      expect(best(text(given))).toBeNull();
    },
  );
});

describe("Teams", () => {
  const link = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d";

  test("tenant key and video ID make a video address, in any language", () => {
    const invitation = `<p><a href="${link}">Anslut</a></p><p>Klientnyckel:<br>acme@m.webex.com<br>
      Video-ID: 112 345 678 9</p>`;
    expect(best(html(invitation))).toMatchObject({
      service: "teams",
      url: link,
      video: "1123456789.acme@m.webex.com",
    });
  });

  test("a meeting ID and a passcode that tells upper from lower case", () => {
    const found = best(text("Meeting ID: 312 345 678 901 2\nPasscode: aB3xYz9Q\n"));
    expect(found).toMatchObject({ service: "teams", meetingId: "3123456789012", passcode: "aB3xYz9Q" });
  });

  test("the same in Japanese HTML", () => {
    const found = best(html("<div>会議 ID: <span>312 345 678 901</span></div><div>パスコード: aB3xYz</div>"));
    expect(found).toMatchObject({ meetingId: "312345678901", passcode: "aB3xYz" });
  });
});

describe("how addresses stand in texts", () => {
  test.each([
    ["a sentence", `Join (${room}).`],
    ["an Outlook text body", `Click here<${room}> to join`],
    ["a list of rooms", `Room 5;${room};Room 6`],
    ["Japanese without spaces", `参加は${room}をクリック`],
    ["full-width brackets", `会議（${room}）`],
    ["references to characters", room.replaceAll(":", "&#58;").replaceAll("/", "&#x2f;")],
    ["a mail filter", wrapped(room)],
    ["two mail filters", wrapped(wrapped(room))],
    ["a search engine's redirect", `https://www.google.com/url?q=${encodeURIComponent(wrapped(room))}&sa=D`],
    ["URL Defense 2", "https://urldefense.proofpoint.com/v2/url?u=https-3A__acme.webex.com_meet_ada&d=DwMF"],
    ["URL Defense 3", "https://urldefense.com/v3/__https://acme.webex.com/meet/ada__;!!abc!def$"],
    ["a gateway's path", "https://secure-web.cisco.com/1abc_DEF/https%3A%2F%2Facme.webex.com%2Fmeet%2Fada"],
  ])("%s", (_name, given) => {
    expect(best(text(given))?.url).toBe(room);
  });

  test.each([
    ["a link", `<a href="${room}">Join</a>`],
    ["a link without quotes", `<a href=${room}>Join</a>`],
    ["a link after a tag that holds a >", `<img alt="a > b"><a title='>' href='${room}'>Join</a>`],
    ["formatting inside", "<p>https://acme.webex.com/<b>meet/ada</b></p>"],
    ["a cell", `<td>${room}</td><td>https://x.example</td>`],
    ["behind a comment", `<!-- <a href="https://zoom.us/j/1234567"> --><p>${room}`],
    ["behind a style", `<style>a { content: "https://zoom.us/j/1234567" }</style>${room}`],
  ])("HTML: %s", (_name, given) => {
    expect(best(html(given))?.url).toBe(room);
  });

  test("an unfinished tag, comment or wrapper ends nothing but itself", () => {
    expect(best(html(`${room} <a href="https://zoom.us/j/1234567`))?.url).toBe(room);
    expect(best(text(`${wrapped("https://zoom.us/j/1").replace("%2F", "%xx")} ${room}`))?.url).toBe(room);
    const itself = "https://eur01.safelinks.protection.outlook.com/?url=";
    expect(best(text(`${itself.repeat(50)}x ${room}`))?.url).toBe(room);
  });
});

describe("which of several counts", () => {
  const zoom = "https://zoom.us/j/1234567890";

  test("an earlier field before a later one", () => {
    const fields = [
      { name: "location", text: room },
      { name: "body", text: `${zoom}?pwd=a-very-long-passcode-that-makes-it-longer` },
    ];
    expect(best(fields)).toMatchObject({ field: "location", url: room });
  });

  test("a location that names a room only leaves the body", () => {
    expect(best([{ name: "location", text: "Room 5" }, ...text(zoom)])).toMatchObject({ field: "body" });
  });

  test("the longest of one field, because the others lack something", () => {
    expect(best(text(`${zoom}\n${zoom}?pwd=abc`))?.passcode).toBe("abc");
  });
});

describe("an administrator's rules", () => {
  const own = {
    addresses: [
      {
        name: "bridge",
        service: "bridge",
        hosts: ["video.acme.example"],
        path: "/([0-9]+)",
        video: "{1}@{host}",
      },
      {
        name: "zoom-meeting",
        service: "zoom",
        hosts: ["zoom.us"],
        path: "/j/([0-9]+)",
        video: "{1}@zoomcrc.com",
      },
      { name: "broken", service: "x", hosts: ["x.example"], path: "([" },
      {
        name: "guests",
        service: "guests",
        hosts: ["guests.example"],
        path: "/.+",
        organizer: "external",
      },
    ],
  };
  const { book, faults } = readRuleBook(own);
  const rules = compileRules(withShippedRules(book, shippedRules));

  test("one that cannot be read is named and stops no other", () => {
    expect(faults).toEqual([
      { at: "addresses[2].path", message: "is no regular expression in RE2's syntax" },
    ]);
    expect(findMeetings(text("https://video.acme.example/4711"), rules).best?.video).toBe(
      "4711@video.acme.example",
    );
  });

  test("one of the same name takes the shipped one's place", () => {
    const found = findMeetings(text("https://zoom.us/j/1234567890"), rules).all;
    expect(found).toMatchObject([{ url: null, video: "1234567890@zoomcrc.com" }]);
  });

  test("one for others' invitations leaves our own", () => {
    const fields = text("https://guests.example/a");
    expect(findMeetings(fields, rules, "external").best?.service).toBe("guests");
    const { best: none, seen } = findMeetings(fields, rules, "internal");
    expect(none).toBeNull();
    expect(seen).toMatchObject([{ verdict: { refused: "organizer" } }]);
  });

  test("a pattern that others need exponential time for", () => {
    const { book } = readRuleBook({
      addresses: [{ name: "slow", service: "slow", hosts: ["slow.example"], path: "/(a+)+b" }],
    });
    const fields = text(`https://slow.example/${"a".repeat(3_000)}c`);
    expect(findMeetings(fields, compileRules(book)).best).toBeNull();
  });

  test("a document of the wrong shape is refused whole", () => {
    expect(readRuleBook([1]).faults).toHaveLength(1);
    expect(readRuleBook({ rules: [] }).faults).toHaveLength(1);
  });
});

test("what was seen says why it does not count", () => {
  const { seen } = findMeetings(
    text(`${wrapped(room)} https://acme.webex.com.evil.example/meet/a https://acme.webex.com/help`),
    shipped,
  );
  expect(seen.map(({ verdict, unwrapped }) => [verdict, unwrapped])).toEqual([
    [{ rule: "webex-personal-room" }, ["safelinks"]],
    [{ refused: "lookAlikeHost" }, []],
    [{ refused: "noRule" }, []],
  ]);
});

test.each([
  ["10019857020@acme.webex.com", "acme.webex.com"],
  ["https://acme.webex.com/meet/ada", "acme.webex.com"],
  ["ada@meet.webex.com", null],
  ["https://meetup.webex.com/x", null],
  ["ada@ciscospark.com", null],
  ["https://acme.webex.com.evil.example/", null],
])("the site of %s is %s", (address, site) => {
  expect(webexSiteOf(address)).toBe(site);
});
