import fc from "fast-check";
import { type JoinDetails, joinBlock } from "#domain/join-block";
import type { Ours } from "#domain/ownership";

export const room: JoinDetails = {
  joinUrl: "https://acme.webex.com/meet/room-17",
  sipAddress: "room-17@acme.webex.com",
  dialInIpAddress: "192.0.2.17",
  phoneNumbers: [{ label: "Sweden Toll", number: "+46-8-5555-0100" }],
  accessCode: "123 456 789",
};

export const block = joinBlock(room, "en");
export const otherBlock = joinBlock({ ...room, accessCode: "987 654 321" }, "sv");

/** What of an event is known to be ours in which both blocks were written. */
export const ours: Ours = {
  digests: [block.digest, otherBlock.digest],
  lines: [...block.lines, ...otherBlock.lines],
};

/** What an online meeting's part of a body looks like: nobody but Exchange may touch a byte of it. */
export const onlineMeetingBlob =
  '<div class="me-email-text" lang="en-US"><div style="margin-bottom:24px; overflow:hidden">' +
  "________________________________________________________________________________</div>\r\n" +
  '<a class="me-email-headline" href="https://teams.example/l/meetup-join/19%3ameeting_abc?context=%7b%7d" ' +
  'id="meet_invite_block.action.join_link">Join the meeting now</a>\r\n' +
  "<table><tr><td>ID:&nbsp;123</td></tr></table></div>";

/** A body the way Exchange returns it. */
export const exchangeBody = (inner: string): string =>
  '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\r\n' +
  '<style type="text/css">\r\n<!--\r\np.MsoNormal { margin:0 }\r\n-->\r\n</style></head>\r\n<body>\r\n' +
  `${inner}\r\n</body>\r\n</html>\r\n`;

const pieces = [
  "<html>",
  "</html>",
  "<head>",
  "</head>",
  "<body>",
  '<body class="a">',
  "</body>",
  "<p>",
  "</p>",
  "<div>",
  "</div>",
  '<div class="WordSection1">',
  "<b>",
  "</b>",
  "<i>",
  "</i>",
  "<table>",
  "<tr>",
  "<td>",
  "</td>",
  "</tr>",
  "</table>",
  "<pre>",
  "</pre>",
  "<ul><li>",
  "</ul>",
  "<!--",
  "-->",
  "<!-- </body> -->",
  "<![CDATA[",
  "]]>",
  "<script>",
  "</script>",
  '<script>var a = "</body>";</script>',
  "<style>p{}</style>",
  "<svg>",
  "</svg>",
  "<math>",
  "<template>",
  "</template>",
  "<textarea>",
  "</textarea>",
  "<select>",
  "</select>",
  "<title>",
  "<a href='https://example.com'>",
  "</a>",
  "<br>",
  "<br/>",
  "<hr>",
  "<img src=x>",
  "<frameset>",
  "<plaintext>",
  "<noscript>",
  "<xmp>",
  "<button>",
  "<form>",
  "</form>",
  "&lt;",
  "&nbsp;",
  "&amp",
  "&#x1F600;",
  "&",
  "<",
  ">",
  '"',
  "'",
  "</",
  "<!",
  "<?xml ?>",
  "<!DOCTYPE html>",
  "<o:p></o:p>",
  "\r\n",
  "\n",
  "\r",
  "\t",
  "\u00a0",
  "\u0000",
  "\ufeff",
  "\ud83d\ude00",
  "\ud83d",
  "text",
  "å ä ö",
  "<div id='hybrid'>",
  "<blockquote>",
  "</blockquote>",
  "<center>",
  "</center>",
  "<font color=red>",
  "</font>",
  "<span",
  'class="x',
  onlineMeetingBlob,
] as const;

/** Anything that calls itself a body, well-formed or not; without a block of ours. */
export const anyBody: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...pieces) },
        fc.string({ unit: "binary" }),
        fc.lorem(),
      ),
      {
        maxLength: 30,
      },
    )
    .map((parts) => parts.join("")),
  fc
    .array(
      fc.constantFrom(
        "<p>a</p>",
        "<div>b</div>",
        "c",
        "\r\n",
        onlineMeetingBlob,
        "<table><tr><td>d</td></tr></table>",
      ),
    )
    .map((parts) => exchangeBody(parts.join(""))),
);

/** A body with copies of our blocks strewn into it, old, new, and touched. */
export const anyBodyWithBlocks: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces),
      fc.constant(block.html),
      fc.constant(otherBlock.html),
      fc.constant(block.html.replace("</div></div>", "</div>my own words</div>")),
      fc.constant(block.html.slice(0, 150)),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));
