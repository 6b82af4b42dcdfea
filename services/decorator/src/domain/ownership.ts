import type { JoinBlock } from "#domain/join-block";

/**
 * What we know that we wrote into an event: from our extended property, which is written in the same PATCH
 * as the block, or from what was remembered. Without any (null), whatever looks like our block is a
 * person's text.
 */
export interface Ours {
  /** Digests of whole blocks: the one in the property, and the one remembered. */
  readonly digests: readonly string[];
  /** Digests of the lines of the block in the property, in order. */
  readonly lines: readonly string[];
}

/** What is ours once this block has been written. */
export const oursIn = ({ digest, lines }: JoinBlock): Ours => ({ digests: [digest], lines });

/**
 * The lines that nobody else's block has: the meeting's link and the video address. Headings, telephone
 * numbers and addresses are the same for everybody on a site.
 */
export const telltaleLines = ({ lines }: Ours): readonly string[] => lines.slice(1, 3);
