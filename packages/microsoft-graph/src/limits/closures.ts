export { type Closures, createClosures } from "@hybrid/provider-http";
