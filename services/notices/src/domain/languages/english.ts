import type { Words } from "./words.ts";

export const english: Words = {
  mails: {
    activated: {
      subject: "Your calendar is connected to Webex",
      paragraphs: [
        "The calendar of {address} and Webex are kept in step from now on. You need not do anything.",
        "Put @webex into the location of a meeting, and its invitation gets the join details by itself.",
      ],
      link: null,
    },
    consentEnds: {
      subject: "Connect your calendar to Webex again before {date}",
      paragraphs: [
        "You have connected the calendar of {address} to Webex. The connection ends on {date} (UTC).",
        "Connect it again before, and nothing is interrupted. It takes a minute and holds for about a month.",
      ],
      link: "Connect your calendar",
    },
    consentEnded: {
      subject: "Your calendar is no longer connected to Webex",
      paragraphs: [
        "The connection of the calendar of {address} to Webex ended on {date} (UTC). Meetings get no join " +
          "details until you connect it again.",
      ],
      link: "Connect your calendar",
    },
  },
  footer: "This mail was sent automatically. Ask your organisation's administrator if you have questions.",
  test: {
    subject: "A test of notices",
    paragraphs: ["This mail was sent by `hybrid notices test`. Notices can be sent with these settings."],
    link: null,
  },
};
