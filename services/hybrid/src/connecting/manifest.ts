import { X509Certificate } from "node:crypto";
import { type AppName, permissions } from "@hybrid/consent";

/** Microsoft Graph, in every tenant. */
const graphAppId = "00000003-0000-0000-c000-000000000000";

/** What is registered. */
export interface Registration {
  readonly app: AppName;
  readonly redirectUri: string;
  readonly certPem: string;
}

/**
 * An application as `POST /applications` of Microsoft Graph takes it: permissions, redirect address and the
 * certificate, so that nothing is left to be clicked together.
 */
export const manifestOf = ({ app, redirectUri, certPem }: Registration): object => {
  const certificate = new X509Certificate(certPem);
  return {
    displayName: `Hybrid Services (${app})`,
    signInAudience: "AzureADMultipleOrgs",
    web: { redirectUris: [redirectUri] },
    requiredResourceAccess: [
      {
        resourceAppId: graphAppId,
        resourceAccess: permissions[app].map(({ id, kind }) => ({
          id,
          type: kind === "application" ? "Role" : "Scope",
        })),
      },
    ],
    keyCredentials: [
      {
        type: "AsymmetricX509Cert",
        usage: "Verify",
        displayName: "hybrid-services",
        key: certificate.raw.toString("base64"),
      },
    ],
  };
};
