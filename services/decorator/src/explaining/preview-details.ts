import type { KeywordAction, OrganisationSettings } from "@hybrid/contracts";
import { putBlock } from "#domain/body-editor";
import { type JoinDetails, joinBlock } from "#domain/join-block";
import { joinSettingsOf, styleOf } from "#domain/join-style";
import { type Language, languageOf, languages, wordsOf } from "#domain/languages/catalogue";
import { plainTextOf } from "./plain-text.ts";

/** An invitation with join details in a language, as it would be sent. */
export interface DetailsPreview {
  readonly language: Language;
  /** The language's name for itself. */
  readonly name: string;
  readonly html: string;
  /** The same as it is read without its form. */
  readonly text: string;
}

/** What is previewed. */
export interface PreviewGiven {
  readonly place: KeywordAction;
  /** What somebody has written into the invitation; plain text. */
  readonly invitation: string;
}

/** Where the organisation has named no site. */
const sampleSite = "example.webex.com";

/** A meeting that nobody can join: names and numbers are those that are kept for examples. */
const sampleDetails = (place: KeywordAction, site: string): JoinDetails => {
  const common = {
    dialInIpAddress: "192.0.2.66",
    phoneNumbers: [{ label: "", number: "+44 20 7946 0958" }],
    accessCode: "2620 123 4567",
  };
  if (place === "personalRoom")
    return { ...common, joinUrl: `https://${site}/meet/ada`, sipAddress: `ada@${site}` };
  const joinUrl = `https://${site}/${site.split(".", 1)[0] ?? ""}/j.php?MTID=m0123456789abcdef`;
  const made = { ...common, joinUrl, sipAddress: `26201234567@${site}` };
  return place === "space" ? made : { ...made, meetingNumber: "2620 123 4567", password: "example" };
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** As Outlook writes an invitation. */
const bodyOf = (invitation: string, language: Language): string => {
  const lines = invitation.split(/\r\n|\r|\n/).map((line) => `<div>${escaped(line)}</div>`);
  return `<html lang="${language}"><head></head><body>${lines.join("")}</body></html>`;
};

/**
 * What the organisation's settings make of an invitation, in each language that they leave: by the editor
 * that edits real ones, so that what is seen is what is sent.
 */
export const previewDetails = (
  settings: Pick<OrganisationSettings, "language" | "join">,
  { place, invitation }: PreviewGiven,
): readonly DetailsPreview[] => {
  const join = joinSettingsOf(settings);
  const details = sampleDetails(place, join.site ?? sampleSite);
  const shown = settings.language === null ? languages : [languageOf(settings.language)];
  return shown.map((language) => {
    const block = joinBlock(details, language, styleOf(join, language, place));
    const { html } = putBlock(bodyOf(invitation, language), block, null);
    return { language, name: wordsOf(language).name, html, text: plainTextOf(html) };
  });
};
