import { randomUUID, X509Certificate } from "node:crypto";
import { generate } from "selfsigned";

/** A key and its certificate, PEM. */
export interface IssuedCertificate {
  readonly keyPem: string;
  readonly certPem: string;
}

/** A certificate authority that lives in memory; give `caPem` to clients as NODE_EXTRA_CA_CERTS. */
export interface CertificateAuthority {
  readonly caPem: string;
  /** A server certificate (EC P-256, one year) for DNS names and IPv4 addresses. */
  issue(hosts?: readonly string[]): Promise<IssuedCertificate>;
}

/** A certificate an application proves itself with, and how Entra names it. */
export interface ClientCertificate extends IssuedCertificate {
  /** SHA-256 of the certificate, hexadecimal without colons: msal-node's `thumbprintSha256`. */
  readonly thumbprintSha256: string;
}

const elliptic = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const;
const isIpv4 = (host: string): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(host);

/**
 * Makes a certificate authority of its own; takes some 30 ms. No two have the same name: who trusts several
 * finds the one that signed by its name.
 */
export const createCertificateAuthority = async (): Promise<CertificateAuthority> => {
  const name = `Hybrid Services simulator ${randomUUID()}`;
  const authority = await generate([{ name: "commonName", value: name }], {
    ...elliptic,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  return {
    caPem: authority.cert,
    issue: async (hosts = ["localhost", "127.0.0.1"]) => {
      const altNames = hosts.map((host) =>
        isIpv4(host) ? ({ type: 7, ip: host } as const) : ({ type: 2, value: host } as const),
      );
      const issued = await generate([{ name: "commonName", value: hosts[0] ?? "localhost" }], {
        ...elliptic,
        ca,
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "keyUsage", digitalSignature: true, critical: true },
          { name: "extKeyUsage", serverAuth: true },
          { name: "subjectAltName", altNames },
        ],
      });
      return { keyPem: issued.private, certPem: issued.cert };
    },
  };
};

/**
 * Makes a self-signed RSA-2048 certificate as an administrator uploads one to an app registration; msal-node
 * signs PS256 with it, which is why it is not an elliptic one.
 */
export const createClientCertificate = async (commonName = "hybrid-services"): Promise<ClientCertificate> => {
  const made = await generate([{ name: "commonName", value: commonName }], {
    keyType: "rsa",
    keySize: 2048,
    algorithm: "sha256",
  });
  const thumbprintSha256 = new X509Certificate(made.cert).fingerprint256.replaceAll(":", "");
  return { keyPem: made.private, certPem: made.cert, thumbprintSha256 };
};
