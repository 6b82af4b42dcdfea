import { readFileSync } from "node:fs";
import { ConfidentialClientApplication } from "@azure/msal-node";
import { Client, type GraphError } from "@microsoft/microsoft-graph-client";

// The program that official-clients.int.test.ts starts: nobody's code but the two libraries'.
const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};
const base = given("SIMULATOR");

const tokenOf = async (tenant: string) => {
  const application = new ConfidentialClientApplication({
    auth: {
      clientId: given("CLIENT"),
      authority: `${base}/${tenant}`,
      knownAuthorities: [new URL(base).host],
      clientCertificate: {
        thumbprintSha256: given("THUMBPRINT"),
        privateKey: readFileSync(given("KEY_FILE"), "utf8"),
      },
    },
  });
  const result = await application.acquireTokenByClientCredential({
    scopes: ["https://graph.microsoft.com/.default"],
  });
  if (!result) throw new Error("msal-node gave no result");
  return result;
};

const token = await tokenOf(given("TENANT"));
const graph = Client.init({
  baseUrl: base,
  defaultVersion: "v1.0",
  customHosts: new Set(["localhost"]),
  authProvider: (done) => done(null, token.accessToken),
});
const path = given("EVENT");
const read = await graph.api(path).select(["subject"]).get();
const patched = await graph
  .api(path)
  .header("If-Match", read["@odata.etag"])
  .patch({ subject: "Planning, longer" });
const conflict = await graph
  .api(path)
  .header("If-Match", read["@odata.etag"])
  .patch({ subject: "Too late" })
  .then(
    () => 200,
    (error: GraphError) => error.statusCode,
  );
const unknownTenant = await tokenOf("00000000-0000-4000-8000-000000000000").then(
  () => "a token",
  (error: Error) => /AADSTS\d+/.exec(error.message)?.[0] ?? error.message,
);
console.log(
  JSON.stringify({
    tokenType: token.tokenType,
    subject: read.subject,
    patched: patched.subject,
    conflict,
    unknownTenant,
  }),
);
