import { murmur2 } from "@hybrid/kernel";

const utf8 = new TextEncoder();
const hex = (text: string): string => murmur2(utf8.encode(text)).toString(16).padStart(8, "0");

/**
 * What of a text counts: white space and invisible characters do not, because Exchange wraps, indents and
 * re-spaces the HTML that it stores.
 */
export const visibleText = (text: string): string =>
  text.normalize("NFC").replace(/[\s\u200b-\u200d\u2060\ufeff]+/gu, "");

/** 16 hexadecimal digits that stand for a visible text. Tells changes apart; protects nothing. */
export const textDigest = (text: string): string => {
  const visible = visibleText(text);
  return hex(`1${visible}`) + hex(`2${visible}`);
};
