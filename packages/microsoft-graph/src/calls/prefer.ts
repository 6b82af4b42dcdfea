/** Ids that stay when an item moves within its mailbox; must be asked for in every request. */
export const immutableIds = 'IdType="ImmutableId"';
/** Bodies as HTML: a text body cannot be edited without losing what the user wrote. */
export const htmlBodies = 'outlook.body-content-type="html"';

/** One Prefer header of several preferences (RFC 7240, section 2). */
export const prefer = (...preferences: readonly string[]): { readonly Prefer: string } => ({
  Prefer: preferences.join(", "),
});
