export type { Guest } from "./adapters/guest.ts";
export { signInToken } from "./adapters/sign-in-links.ts";
export { signInLink } from "./sign-in-link.ts";
