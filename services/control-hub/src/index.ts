export { type Guest, signInToken } from "./adapters/sign-in-links.ts";
export { signInLink } from "./sign-in-link.ts";
