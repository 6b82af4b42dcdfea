export { type ClosedScope, type Closures, createClosures } from "@hybrid/provider-http";
