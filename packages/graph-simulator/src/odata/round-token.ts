/** The opaque text in which a client carries where its round stands. */
export const roundToken = (state: object): string => Buffer.from(JSON.stringify(state)).toString("base64url");

/** What such a text holds; null for any other, which is answered like one that is too old. */
export const readRoundToken = (token: string): unknown => {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    return null;
  }
};
