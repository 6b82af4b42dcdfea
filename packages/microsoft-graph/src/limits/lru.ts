export { LruMap } from "@hybrid/provider-http";
