import { ConfigError } from "@hybrid/kernel";

/** Where a cloud's Microsoft Entra and Microsoft Graph live; no trailing slash. */
export interface CloudHosts {
  readonly loginUrl: string;
  readonly graphUrl: string;
}

/**
 * A national cloud by name, or hosts of one's own (the simulator). Tokens of one are of no use in another.
 */
export type Cloud = "worldwide" | "gccHigh" | "dod" | "china" | CloudHosts;

/** Microsoft's national clouds (https://learn.microsoft.com/graph/deployments). GCC is `worldwide`. */
const nationalClouds: Readonly<Record<Extract<Cloud, string>, CloudHosts>> = {
  worldwide: { loginUrl: "https://login.microsoftonline.com", graphUrl: "https://graph.microsoft.com" },
  gccHigh: { loginUrl: "https://login.microsoftonline.us", graphUrl: "https://graph.microsoft.us" },
  dod: { loginUrl: "https://login.microsoftonline.us", graphUrl: "https://dod-graph.microsoft.us" },
  china: {
    loginUrl: "https://login.chinacloudapi.cn",
    graphUrl: "https://microsoftgraph.chinacloudapi.cn",
  },
};

const originOf = (name: string, url: string, faults: string[]): string => {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === "https:" && parsed.pathname === "/" && parsed.search === "") return parsed.origin;
  faults.push(`cloud.${name} must be https://<host>[:<port>] without a path, not "${url}"`);
  return url;
};

/** The hosts of a cloud. Throws ConfigError when own hosts are not plain https origins. */
export const cloudHosts = (cloud: Cloud): CloudHosts => {
  if (typeof cloud === "string") return nationalClouds[cloud];
  const faults: string[] = [];
  const hosts = {
    loginUrl: originOf("loginUrl", cloud.loginUrl, faults),
    graphUrl: originOf("graphUrl", cloud.graphUrl, faults),
  };
  if (faults.length > 0) throw new ConfigError("Microsoft Graph", faults);
  return hosts;
};
