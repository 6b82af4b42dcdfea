export { withQuickRetries } from "@hybrid/provider-http";
