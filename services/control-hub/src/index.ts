export { roles } from "@hybrid/control-hub-page/api";
export type { Guest } from "./adapters/guest.ts";
export { signInToken } from "./adapters/sign-in-links.ts";
export { hubOrigin, linkSettings } from "./config.ts";
export { detailsStyle } from "./http/page-routes.ts";
export { signInLink } from "./sign-in-link.ts";
