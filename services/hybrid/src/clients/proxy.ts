import type { HttpsProxy } from "@hybrid/microsoft-graph";
import { type Faults, readSettings, readUrl, secret, text, type Variables } from "@hybrid/settings";

/** The way out to Microsoft Graph, Microsoft Entra and Webex; read in small letters as well. */
export const proxySettings = {
  HTTPS_PROXY: secret({
    meaning: "Proxy for Microsoft Graph, Microsoft Entra and Webex; straight when left out.",
    form: "address",
    read: readUrl({
      meaning: "",
      protocols: ["http", "https"],
      must: "http://[user:password@]host:port, or https:// for TLS to the proxy",
    }),
  }).optional(),
  NO_PROXY: text({
    meaning:
      "Hosts that are reached without the proxy, between commas; .example.com is all below it, * is all.",
  }).optional(),
};

/** The proxy, in capital or small letters, as other programs read it; undefined: straight. */
export const readProxy = (variables: Variables, faults: Faults): HttpsProxy | undefined => {
  const both = {
    ...variables,
    HTTPS_PROXY: variables["HTTPS_PROXY"] ?? variables["https_proxy"],
    NO_PROXY: variables["NO_PROXY"] ?? variables["no_proxy"],
  };
  const read = readSettings(proxySettings, both, faults);
  if (read?.HTTPS_PROXY === undefined) return undefined;
  return { url: read.HTTPS_PROXY, ...(read.NO_PROXY ? { except: read.NO_PROXY } : {}) };
};
