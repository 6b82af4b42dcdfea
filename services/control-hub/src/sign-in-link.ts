/** The address that signs somebody in. `origin`: scheme, host and port of the page. */
export const signInLink = (origin: string, token: string): string => `${origin}/sign-in?token=${token}`;
