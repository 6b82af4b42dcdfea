import { bodyCharactersMax } from "#domain/decide-decoration";
import { blocksIn, candidatesIn, type FoundBlock } from "#domain/find-blocks";
import { parseHtml } from "#domain/html-tree";
import { bodyHoldsWebexLink } from "#domain/webex-links";
import { decorationOf, decorationPropertyId, oursOf } from "../adapters/invitation.ts";

/** A copy of our block, or what looks like one, in a body. */
export interface ExplainedBlock {
  /** Offset in the body, UTF-16. */
  readonly at: number;
  readonly language: string | null;
  /** All that we wrote is there; a person may have added something. */
  readonly intact: boolean;
  /** Elements and lines in it that are not ours to take out. */
  readonly touched: boolean;
}

/** Tells of a block what a person needs to know. */
export const explainedBlock = ({ start, language, intact, cuts }: FoundBlock): ExplainedBlock => ({
  at: start,
  language,
  intact,
  touched: cuts.length > 1,
});

/** Extended properties as Graph gives them, expanded. */
export type GivenProperties =
  | readonly { readonly id: string; readonly value?: string | null | undefined }[]
  | null
  | undefined;

/** The value of our extended property, whatever the case of its GUID. */
export const propertyOf = (properties: GivenProperties): string | null => {
  const ours = decorationPropertyId.toLowerCase();
  return properties?.find(({ id }) => id.toLowerCase() === ours)?.value ?? null;
};

/** What of a body is ours, and what it holds besides. */
export interface BodyExplanation {
  readonly characters: number;
  /** Small and flat enough to be read. */
  readonly readable: boolean;
  /** Elements that bear our block's name, also those that a person wrote. */
  readonly candidates: number;
  readonly blocks: readonly ExplainedBlock[];
  readonly ownLink: boolean;
}

/** Explains a body, with the event's extended properties where there are any. */
export const explainBody = (html: string, properties: GivenProperties): BodyExplanation => {
  const ours = oursOf(decorationOf({ extendedProperty: propertyOf(properties) }), undefined);
  const document = html.length > bodyCharactersMax ? null : parseHtml(html);
  const blocks = document ? blocksIn(document, ours) : [];
  return {
    characters: html.length,
    readable: document !== null,
    candidates: document ? candidatesIn(document) : 0,
    blocks: blocks.map(explainedBlock),
    ownLink: document !== null && bodyHoldsWebexLink(document, blocks),
  };
};
